package import Promises
package import Tickets

/// What a desk does with a new ticket that fits some conditions, before anybody sees it; or with one that is there, when
/// its customer writes again.
package struct RoutingRule: Hashable, Sendable {
    /// What histories and reports call it; no two of a desk share one.
    package var name: String
    /// Whether it is for what customers write to tickets that are there; else for what becomes a new one.
    package var isForMessages = false
    package var conditions = RuleConditions()
    /// What a ticket must not be as a whole; nil when there is no such thing.
    package var exceptions: RuleConditions?
    /// Nil leaves the line as it is.
    package var line: Name?
    package var priority: Priority?
    package var kind: String?
    /// Added to those that it has.
    package var tags: [String] = []
    /// Asked of whoever takes it, on top of what other rules ask.
    package var demands = Demands()
    /// Who has it first, if they have room; nil leaves that to the desk.
    package var agent: Name?
    /// Whether it is spam.
    package var isSpam = false
    /// What its customer is told instead of the desk's acknowledgement; none leaves that as it is.
    package var templates: [DelayNotice.Text] = []
    /// Where it is as soon as it came: pending, on hold or solved; nil leaves it in its line.
    package var status: Status?
    /// Whether no later rule is looked at.
    package var stops = false

    package init(_ name: String) {
        self.name = name
    }
}

/// What a ticket must be for a rule to fire. Of each list that is not empty, one must fit; an empty one fits all.
///
/// Texts are compared as they are but for customers and words, whose case does not matter.
package struct RuleConditions: Hashable, Sendable {
    package var channels: [Name] = []
    /// Addresses; `@example.org` stands for all of a domain.
    package var customers: [String] = []
    /// Groups of customers; one in none fits no group.
    package var groups: [String] = []
    package var kinds: [String] = []
    package var priorities: [Priority] = []
    package var tags: [String] = []
    /// Each of these must fit.
    package var fields: [FieldCondition] = []
    /// In the subject or the body.
    package var words: [WordPattern] = []
    package var subjectWords: [WordPattern] = []
    package var bodyWords: [WordPattern] = []
    package var languages: [Language] = []
    /// In the time zone of the desk's hours, like ``times``.
    package var weekdays: [Weekday] = []
    package var times: [BusinessHours.Interval] = []
    /// Whether the desk is open; nil at any hour.
    package var isOpen: Bool?

    package init() {}
}

/// A field that has one of some values; any value when there are none.
package struct FieldCondition: Hashable, Sendable {
    package var name: String
    package var values: [String]

    package init(name: String, values: [String] = []) {
        self.name = name
        self.values = values
    }
}
