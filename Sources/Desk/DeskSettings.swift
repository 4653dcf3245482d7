package import Promises
package import Tickets

/// What one desk is made of: its lines, the first of which is where new tickets go, its hours and promises, and the
/// bounds of the process that runs it.
///
/// A desk changes its settings by an event only, so that its log says what held when, and who wanted it. An event
/// carries all but ``limits`` and ``heartbeatMilliseconds``: those are the process's, and stay as it was started.
package struct DeskSettings: Hashable, Sendable {
    package var lines: [LineSettings]
    package var limits: Limits
    /// How often nodes send a heartbeat. A session is given up after three intervals of silence.
    package var heartbeatMilliseconds: Int64
    /// The longest lease that a person may ask for.
    package var personLeaseMillisecondsMax: Int64 = 43_200_000
    /// When the desk is there for its customers.
    package var hours = BusinessHours.always
    package var promises = PromisePolicy.standard
    /// Who has promises or rules of their own; of a customer who is in several, the first counts.
    package var groups: [CustomerGroup] = []
    /// Whether the desk watches its promises, and says in its log when one is about to be broken or is. Those that its
    /// file does not write down are judged by reports alone.
    package var keepsPromises = false
    /// What it does by itself when it warns of a promise or breaks it.
    package var ladder: [LadderStep] = []
    /// What customers are told when it is about to break a promise; nil when they are told nothing.
    package var delayNotice: DelayNotice?
    /// What customers are told as soon as their request is there; nil when they are told nothing.
    package var acknowledgement: Acknowledgement?
    /// Whether it measures how fast its lines are taken from, and says how long a ticket will wait.
    package var givesEstimates = false
    package var life = LifeSettings()
    /// Who has which skills; of a node that is in several, the first counts.
    package var expertise: [Expertise] = []
    /// How much later the tickets of customers with many count; nil: no later.
    package var fairness: Fairness?
    /// For how long a customer's new tickets go first to whoever solved their last one; nil: to anybody.
    package var stickyMilliseconds: Int64?
    /// For how long after a customer's last message a request about the same matter is one more message of that ticket;
    /// nil: each request is a ticket of its own.
    package var joinWithinMilliseconds: Int64?
    /// How much of a seat a ticket takes; nil: one ticket a seat, whatever its channel.
    package var seatCosts: SeatCosts?
    /// Where new tickets go, and what they are, in the order in which the rules are looked at.
    package var rules: [RoutingRule] = []

    package init(
        lines: [LineSettings] = [
            LineSettings(name: "line-one", next: "line-two"), LineSettings(name: "line-two"),
        ],
        limits: Limits = Limits(), heartbeatMilliseconds: Int64 = 5_000
    ) {
        precondition(!lines.isEmpty, "a desk has at least one line")
        self.lines = lines
        self.limits = limits
        self.heartbeatMilliseconds = heartbeatMilliseconds
    }

    /// The settings of a line; a linear search, because a desk has a handful of lines.
    package func line(_ name: Name) -> LineSettings? {
        lines.first { $0.name == name }
    }

    /// These settings of the desk, run by the process that `others` are of.
    package func asRun(by others: DeskSettings) -> DeskSettings {
        var settings = self
        settings.limits = others.limits
        settings.heartbeatMilliseconds = others.heartbeatMilliseconds
        return settings
    }
}

/// One version of what a desk is.
package struct Configuration: Hashable, Sendable {
    /// 1, 2, 3 … without gaps; 0 stands for what the broker was started with.
    package var version: UInt64
    /// Without what is the process's: its ``DeskSettings/limits`` and heartbeat are the standard ones.
    package var settings: DeskSettings
    /// The text that a person wrote the settings as.
    package var source: String
    package var reason: String

    package init(version: UInt64, settings: DeskSettings, source: String, reason: String) {
        self.version = version
        self.settings = settings.asRun(by: DeskSettings())
        self.source = source
        self.reason = reason
    }
}
