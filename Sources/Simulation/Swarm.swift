import Desk
import Promises
import Tickets

/// The numbers of one run, drawn from its seed: each run is another desk in another world, so that together they
/// go where no single setting would.
package struct Swarm: Sendable {
    // The desk.
    package var heartbeatMilliseconds: Int64 = 1_000
    package var leaseMilliseconds: Int64 = 5_000
    package var ownerWaitMilliseconds: Int64 = 3_000
    package var failuresMax: UInt32 = 3
    package var escalationsMax = 32
    package var entriesMax = 1_000
    package var solvedKept = 256
    package var answersEscalated = false
    package var headStartSeconds: Int64 = 3_600
    package var eventsPerSnapshot: UInt64 = 5_000
    package var textCacheBytes = 1 << 20

    /// Whether rules say where new tickets go.
    package var hasRules = false
    /// Which ticket of each line comes first, and for how long one may be overtaken.
    var policies: [LinePolicy] = [.priority, .priority]
    package var ageingMilliseconds: Int64?
    /// Among what an admin chooses a policy when they change the settings; none: they leave it as it is.
    var policyChoices: [LinePolicy] = []
    /// Whether a chat takes less of a seat than a mail, and a call all of it.
    var weighsSeats = false
    /// Whether nodes know different things and rules ask for some of them, and for how long for those that are preferred.
    var hasSkills = false
    var preferredMilliseconds: Int64 = 1_000
    /// How tickets of a customer with many count; nil when it does not matter whose they are.
    var fairness: Fairness?
    /// For how long tickets go to whoever solved their customer's last one; nil when it does not matter who did.
    var stickyMilliseconds: Int64?
    /// Who of those that are free gets a ticket.
    var selection = Selection.longestIdle
    /// How long nodes have to accept what they are granted, nil when they need not; and how often nobody is there.
    var offerMilliseconds: Int64?
    var missesPerMille = 0
    var heights = Heights()
    var ties = Ties()
    /// Whether the desk says how long tickets will wait.
    var givesEstimates = false
    /// How long tickets wait on the first line before they go on to the second; nil when they stay.
    var overflowMilliseconds: Int64?
    /// Whether what goes on so asks for no skills any more.
    var overflowDropsSkills = false

    // The network and the disk, in microseconds.
    package var latency: Int64 = 200
    package var jitter: Int64 = 100
    package var commit: Int64 = 800
    /// How long the broker computes for a frame.
    package var frameCost: Int64 = 15
    package var duplicatesPerMille = 0
    /// Frames of one connection, in one direction, that may be sent and not read yet.
    package var highWaterMark = 1_000
    /// Whether nodes report to a coordinator, how many of their reports get lost, and by how much they come late.
    package var hasCoordinator = false
    package var metricsLostPerMille = 0
    package var metricsLateMicroseconds: Int64 = 1_000

    // Those who send.
    package var answerMilliseconds: Int64 = 15_000
    package var helloMilliseconds: Int64 = 2_000
    package var window = 64
    package var batchCommandsMax = 16
    package var driftPerMillionMax: Int64 = 100

    // What they do.
    /// Mean time between two acts of one customers' channel.
    package var actMicroseconds: Int64 = 400_000
    package var followUpsPerMille = 100
    package var repeatsPerMille = 20
    package var workMillisecondsMax: Int64 = 1_500
    /// What handlers decide; what is left of a thousand is resolved.
    package var escalationsPerMille = 150
    package var pendingsPerMille = 60
    package var releasesPerMille = 30
    package var declinesPerMille = 30
    package var failuresPerMille = 30
    package var notesPerMille = 150
    package var textBytesMax = 120
    /// How often an admin changes the settings when they look.
    package var configuresPerMille = 0
    /// What people do instead of taking or noting, and how many of the customers' messages are about old tickets.
    package var amendmentsPerMille = 300
    package var mergesPerMille = 30
    package var takeOversPerMille = 100
    package var latePerMille = 30
    package var closesAfterMilliseconds: Int64 = 60_000
    /// How soon customers are promised an answer; nil when the desk keeps no promises. A solution takes four times
    /// that, what is urgent half of it.
    package var promiseMilliseconds: Int64?
    /// For how long requests that repeat one join it; nil when each has a ticket of its own.
    var joinMilliseconds: Int64?
    /// Whether customers are told that their request is there.
    var acknowledges = false
    /// A rule that answers and sets aside what it is for; nil: there is none.
    var quiet: RoutingRule?
    /// How often people do something about what customers want of the product.
    var improvementsPerMille = 0
    /// Whether a group of customers is promised an earlier answer.
    var hasGroups = false
    /// What it does by itself about its promises.
    var ladder: [LadderStep] = []
    /// Whether it tells customers when it is about to break a promise. What rules send to the second line directly is of
    /// machines then.
    package var tellsOfDelays = false

    /// How long customers come while faults happen.
    package var serveSeconds: Int64 = 480
    /// Mean time between two faults; nil when there are none.
    package var faultSeconds: Int64?

    package init() {}

    init(seed: UInt64) {
        var chance = Chance(seed: seed, .swarm)
        drawDesk(&chance)
        drawWorld(&chance)
        drawPeople(&chance)
        // A stream of their own: what was drawn before there were these stays as it was.
        var later = Chance(seed: seed, .swarm, 2)
        highWaterMark = later.pick([4, 16, 100, 1_000])
        hasCoordinator = later.happens(perMille: 300)
        metricsLostPerMille = later.pick([0, 50, 400])
        metricsLateMicroseconds = later.magnitude(1_000...4_000_000)
        let promise = later.magnitude(500...60_000)
        promiseMilliseconds = later.happens(perMille: 500) ? promise : nil
        var routing = Chance(seed: seed, .swarm, 3)
        hasRules = routing.happens(perMille: 300)
        drawPolicies(seed)
        var telling = Chance(seed: seed, .swarm, 5)
        tellsOfDelays = telling.happens(perMille: 600)
        var seats = Chance(seed: seed, .swarm, 6)
        weighsSeats = seats.happens(perMille: 250)
        var skills = Chance(seed: seed, .swarm, 7)
        hasSkills = hasRules && skills.happens(perMille: 700)
        preferredMilliseconds = skills.magnitude(100...20_000)
        var overflow = Chance(seed: seed, .swarm, 8)
        let wait = overflow.magnitude(1_000...60_000)
        overflowMilliseconds = overflow.happens(perMille: hasSkills ? 700 : 250) ? wait : nil
        overflowDropsSkills = overflow.happens(perMille: 500)
        var fair = Chance(seed: seed, .swarm, 9)
        let step = fair.magnitude(1_000...30_000)
        fairness =
            fair.happens(perMille: 250)
            ? Fairness(free: fair.within(1...3), stepMilliseconds: step, mostMilliseconds: 60_000) : nil
        var sticky = Chance(seed: seed, .swarm, 10)
        let memory = sticky.magnitude(60_000...600_000)
        stickyMilliseconds = sticky.happens(perMille: 250) ? memory : nil
        var estimates = Chance(seed: seed, .swarm, 11)
        givesEstimates = estimates.happens(perMille: 250)
        var selecting = Chance(seed: seed, .swarm, 12)
        selection = selecting.pick([.longestIdle] + Selection.allCases)
        var offering = Chance(seed: seed, .swarm, 13)
        let offer = offering.magnitude(1_000...30_000)
        offerMilliseconds = offering.happens(perMille: 250) ? offer : nil
        missesPerMille = offering.pick([0, 20, 200])
        drawLadder(seed)
        var grouping = Chance(seed: seed, .swarm, 15)
        hasGroups = promiseMilliseconds != nil && grouping.happens(perMille: 400)
        var acknowledging = Chance(seed: seed, .swarm, 16)
        acknowledges = acknowledging.happens(perMille: 300)
        var joining = Chance(seed: seed, .swarm, 17)
        let span = joining.magnitude(60_000...300_000)
        joinMilliseconds = joining.happens(perMille: 250) ? span : nil
        heights = Heights(seed: seed)
        ties = Ties(seed: seed)
        drawImprovements(seed)
        drawQuiet(seed)
    }

    private mutating func drawLadder(_ seed: UInt64) {
        var chance = Chance(seed: seed, .swarm, 14)
        let steps = (0..<chance.within(1...3)).map { _ in
            LadderStep(
                warning: promiseMilliseconds.flatMap { chance.pick([$0 / 4, $0, nil]) },
                clocks: chance.pick([[], [.resolution], [.firstResponse, .nextResponse]]),
                // What is urgent is promised earlier than the rest.
                priority: chance.pick([.low, .normal, .high]),
                participants: chance.pick([[], ["lead"], ["lead", "boss"]]),
                line: chance.pick([nil, "line-one", "line-two"]))
        }
        if chance.happens(perMille: 500), promiseMilliseconds != nil { ladder = steps }
    }

    private mutating func drawPolicies(_ seed: UInt64) {
        var chance = Chance(seed: seed, .swarm, 4)
        let ageing = chance.magnitude(1_000...120_000)
        let drawn = policies.map { _ in chance.pick(LinePolicy.allCases) }
        guard chance.happens(perMille: 400) else { return }
        let choices = LinePolicy.allCases.filter { $0 != .deadline || promiseMilliseconds != nil }
        policies = drawn.map { choices.contains($0) ? $0 : .fifo }
        ageingMilliseconds = chance.happens(perMille: 700) ? ageing : nil
        policyChoices = choices
    }

    /// Whether tickets are of kinds that take more or less work.
    var hasKinds: Bool { !policyChoices.isEmpty }

    private mutating func drawDesk(_ chance: inout Chance) {
        heartbeatMilliseconds = chance.magnitude(300...5_000)
        leaseMilliseconds = chance.magnitude(1_000...30_000)
        ownerWaitMilliseconds = chance.magnitude(200...20_000)
        failuresMax = UInt32(chance.within(1...5))
        escalationsMax = chance.pick([2, 3, 32])
        entriesMax = chance.pick([12, 40, 1_000])
        solvedKept = Int(chance.magnitude(64...1_024))
        answersEscalated = chance.happens(perMille: 300)
        headStartSeconds = chance.pick([0, 5, 60, 3_600])
        eventsPerSnapshot = UInt64(chance.magnitude(500...8_000))
        textCacheBytes = chance.pick([2_000, 50_000, 1 << 20, 1 << 20])
    }

    private mutating func drawWorld(_ chance: inout Chance) {
        latency = chance.magnitude(50...20_000)
        jitter = chance.magnitude(10...20_000)
        commit = chance.magnitude(100...8_000)
        frameCost = chance.magnitude(5...100)
        duplicatesPerMille = chance.pick([0, 0, 20, 100])
        driftPerMillionMax = chance.pick([0, 50, 500, 5_000])
        serveSeconds = chance.within(240...900)
        faultSeconds = chance.pick([nil, 3, 8, 8, 15, 15, 30, 60])
    }

    private mutating func drawPeople(_ chance: inout Chance) {
        answerMilliseconds = chance.magnitude(1_000...15_000)
        helloMilliseconds = chance.magnitude(300...2_000)
        window = Int(chance.magnitude(4...256))
        batchCommandsMax = Int(chance.magnitude(1...64))
        actMicroseconds = chance.magnitude(500_000...4_000_000)
        followUpsPerMille = chance.pick([0, 100, 300])
        repeatsPerMille = chance.pick([0, 20, 100])
        workMillisecondsMax = chance.magnitude(100...4_000)
        escalationsPerMille = chance.pick([0, 100, 250])
        pendingsPerMille = chance.pick([0, 50, 150])
        releasesPerMille = chance.pick([0, 20, 80])
        declinesPerMille = chance.pick([0, 20, 80])
        failuresPerMille = chance.pick([0, 20, 100])
        notesPerMille = chance.pick([0, 100, 300])
        textBytesMax = chance.pick([40, 120, 120, 600])
        configuresPerMille = chance.pick([0, 0, 100, 400])
        amendmentsPerMille = chance.pick([0, 100, 400])
        mergesPerMille = chance.pick([0, 20, 100])
        takeOversPerMille = chance.pick([0, 50, 200])
        latePerMille = chance.pick([0, 20, 100])
        closesAfterMilliseconds = chance.pick([345_600_000, chance.magnitude(5_000...300_000)])
    }

    /// The settings of the desk that the broker serves.
    var desk: DeskSettings {
        var limits = Limits()
        limits.failuresMax = failuresMax
        limits.escalationsMax = escalationsMax
        limits.framesMax = 2
        limits.entriesMax = entriesMax
        limits.entriesReserved = 24
        limits.solvedKept = solvedKept
        limits.closedPerEvent = solvedKept / 4
        limits.answersKept = 16_384
        limits.textBytesMax = 8_192
        let heads = [0, 1, 4, 12].map { $0 * headStartSeconds * 1_000 }
        func line(_ name: Name, next: Name?, answers: Bool) -> LineSettings {
            LineSettings(
                name: name, next: next, headStartMilliseconds: heads, leaseMilliseconds: leaseMilliseconds,
                ownerWaitMilliseconds: ownerWaitMilliseconds, answersEscalated: answers)
        }
        var settings = DeskSettings(
            lines: [
                line("line-one", next: "line-two", answers: false),
                line("line-two", next: nil, answers: answersEscalated),
            ],
            limits: limits, heartbeatMilliseconds: heartbeatMilliseconds)
        settings.life.closesAfterMilliseconds = closesAfterMilliseconds
        if let promiseMilliseconds {
            settings.keepsPromises = true
            settings.ladder = ladder
            promise(promiseMilliseconds, &settings)
            if tellsOfDelays { settings.delayNotice = Self.delayNotice }
        }
        if acknowledges {
            settings.acknowledgement = promiseMilliseconds == nil ? Self.receipt : Self.promisingReceipt
        }
        if hasRules { settings.rules = hasSkills ? Self.skilledRules : Self.rules }
        if let quiet { settings.rules.insert(quiet, at: 0) }
        if hasSkills {
            for line in settings.lines.indices {
                settings.lines[line].preferredForMilliseconds = preferredMilliseconds
            }
        }
        order(&settings)
        raise(&settings)
        settings.lines[0].overflow = overflowMilliseconds.map {
            Overflow(afterMilliseconds: $0, to: "line-two", dropsSkills: overflowDropsSkills)
        }
        settings.fairness = fairness
        settings.stickyMilliseconds = stickyMilliseconds
        settings.joinWithinMilliseconds = joinMilliseconds
        settings.givesEstimates = givesEstimates
        for line in settings.lines.indices {
            settings.lines[line].selection = selection
            settings.lines[line].offers = offerMilliseconds.map { Offers(terms: [], others: $0) }
        }
        if weighsSeats { settings.seatCosts = SeatCosts() }
        return settings
    }

    /// Whether the desk does what only one does whose settings are a version of its own.
    var startsConfigured: Bool {
        promiseMilliseconds != nil || weighsSeats || overflowMilliseconds != nil || fairness != nil
            || stickyMilliseconds != nil || joinMilliseconds != nil || improvementsPerMille > 0
    }

    private static let delayNotice = DelayNotice(
        texts: [DelayNotice.Text(nil, "Ticket {number} may take longer than {time}.")], channels: ["mail"],
        exceptTags: ["direct"])

    private static let receipt = Acknowledgement(
        texts: [DelayNotice.Text(nil, "Ticket {number} is here.")], channels: ["mail"],
        exceptTags: ["direct"])
    private static let promisingReceipt = Acknowledgement(
        texts: [DelayNotice.Text(nil, "Ticket {number} is here: {time}.")], channels: ["mail"],
        exceptTags: ["direct"])

    /// Promises answers within a time, with the ladder's steps at the warnings of that.
    func promise(_ milliseconds: Int64, _ settings: inout DeskSettings) {
        let before = Self.promises(promiseMilliseconds ?? milliseconds).warnings
        settings.promises = Self.promises(milliseconds)
        for step in settings.ladder.indices {
            let place = before.firstIndex { $0 == ladder[step].warning }
            settings.ladder[step].warning = place.map { settings.promises.warnings[$0] }
        }
        guard hasGroups else { return }
        settings.groups = [Self.group]
        settings.promises.rules.insert(Self.promise(milliseconds), at: 0)
    }

    /// Of whatever priority.
    private static func promise(_ milliseconds: Int64) -> PromisePolicy.Rule {
        PromisePolicy.Rule(
            name: "group", groups: [group.name], targets: PromiseTargets(firstResponse: milliseconds / 3))
    }

    static func promises(_ milliseconds: Int64) -> PromisePolicy {
        func targets(_ milliseconds: Int64) -> PromiseTargets {
            PromiseTargets(
                firstResponse: milliseconds, nextResponse: milliseconds, resolution: 4 * milliseconds,
                lines: [PromiseTargets.LineTarget(line: "line-two", milliseconds: 2 * milliseconds)])
        }
        return PromisePolicy(
            rules: [
                PromisePolicy.Rule(name: "urgent", priorities: [.urgent], targets: targets(milliseconds / 2)),
                PromisePolicy.Rule(name: "usual", targets: targets(milliseconds)),
            ], warnings: [milliseconds / 4, milliseconds])
    }
}
