import Desk
import HeapModule
import Storage
import Tickets

/// Watches a run and judges it: follows the log as it is committed, event by event, and compares what everybody
/// is told, and what the desk believes, with that.
///
/// An independent derivation: by other code than the desk's, and it never traps. What is checked after every
/// event touches one ticket; ``scan(_:)`` looks at all, now and then.
struct Witness: Sendable {
    private(set) var settings: DeskSettings
    /// Of the settings.
    private(set) var version: UInt64 = 0
    var findings = Findings()
    var markers = Markers()
    /// By number, the first is ticket 1.
    var cases: [Case] = []
    /// Tickets below this index are closed.
    var closedBelow = 0
    var position = Position.start
    var epoch: UInt64 = 0
    var lastMoment = Moment.zero
    var lastOutbox: UInt64 = 0
    /// How much of the outbox the desk wrote by itself.
    var notices: UInt64 = 0
    /// How many tickets are in each stage, and how many wait or are claimed on each line.
    var stages = [Int](repeating: 0, count: 8)
    var waiting: [Int]
    var queues: [Heap<Spot>]
    /// Waiting tickets that somebody declined; a handful.
    var declined: [[Spot]]
    /// Waiting tickets that ask for skills, and some that wait no longer.
    var asking: [[Spot]]
    var askingMax = 64
    /// How many tickets of a customer are open, by their name in small letters: counted as ``stages`` is.
    var openOf: [String: Int] = [:]
    /// The places of the tickets about a matter, in order.
    var about: [String: [Int]] = [:]
    /// Who solved a customer's last ticket when, by the customer's name in small letters.
    var solvers: [String: (agent: Name, at: Moment)] = [:]
    /// By sender, then by the number of their command.
    var commands: [[CommandFate]] = []
    /// By sender, the last of their commands that has an event; 0 for those who may change their order.
    var inOrder: [UInt64] = []
    var tallies: [RunTally] = []
    /// By ticket, on a desk where that matters; looked up only.
    var channels: [TicketNumber: Name] = [:]
    /// When a node said hello last.
    var lastHello = Moment.zero
    /// The last offer that each node missed, and by which of its runs.
    var missed: [Name: (incarnation: UInt64, at: Moment)] = [:]
    /// When each node last said that it is there.
    var returned: [Name: Moment] = [:]
    /// Whether kinds ask for something on this desk.
    let asks: Bool
    /// Names of the fields that tickets have, where kinds ask for some; looked up only.
    var given: [TicketNumber: [String]] = [:]
    /// What tickets have to do with others; looked up only.
    var ties: [TicketNumber: Ties] = [:]
    /// What a ticket became a part of last.
    var lastWhole: TicketNumber?
    /// The last two that were linked.
    var lastLink: (TicketNumber, TicketNumber)?
    /// In which ticket the desk's next word is that its customer is owed an answer.
    var heardNext: TicketNumber?
    var lastMerge: (from: TicketNumber, into: TicketNumber)?
    /// Where tickets ended that were merged.
    var merges: [TicketNumber: TicketNumber] = [:]
    /// Nodes that have said goodbye, and were not back since.
    var gone: Set<Name> = []
    var standIns: [StandIns] = []
    var ownerChange: OwnerChange?
    /// Since when the owner is there of what is granted to somebody else; looked up only.
    var keepers: [TicketNumber: Keeper] = [:]
    /// Where the last ticket is to be put at once by a rule; nil when that is done, or there is none.
    var setAsideNext: (ticket: TicketNumber, stage: Case.Stage)?
    /// What customers want of the product; looked up, and in any order.
    var wishes: [TicketNumber: Wish] = [:]
    /// What the customer of the last ticket is to be told next.
    var receipt: (ticket: TicketNumber, text: String, promised: Int64?)?
    /// What the desk has to do next about an alert, in that order.
    var steps: [Step] = []
    /// Whether the record that is followed is one of those.
    var isStep = false
    /// When the broker began to look at everybody's promises anew.
    var timedAnew = Moment.zero
    /// When the broker noticed that it had stood still, and for how long.
    var stalls: [(at: Moment, milliseconds: Int64)] = []

    /// What became of one command.
    struct CommandFate: Sendable {
        /// The event that it caused; 0 when none did so far.
        var position: UInt64 = 0
        var ticket: UInt64 = 0
        var isRefused = false
        var isAnswered = false
        /// Of a request: what it is about; empty for all other commands.
        var matter = ""
        /// Whether it makes a ticket out of another one.
        var divides = false
        /// Of a request about a ticket: which, and who wrote.
        var cites = TicketNumber(0)
        var writer = ""
        /// Whether the broker refused a copy of it for now; another copy may come later.
        var isPutOff = false
    }

    /// What one run of a node did, by the log.
    struct RunTally: Sendable {
        var node: Name
        var incarnation: UInt64
        var held = 0
        var claims: UInt64 = 0
        var resolved: UInt64 = 0
        var escalated: UInt64 = 0
        var handedBack: UInt64 = 0
        var pended: UInt64 = 0
        var released: UInt64 = 0
        var replies: UInt64 = 0
        var notes: UInt64 = 0
    }

    init(_ settings: DeskSettings) {
        self.settings = settings
        asks = settings.life.kinds.contains { !$0.fields.isEmpty || !$0.checklist.isEmpty }
        waiting = Array(repeating: 0, count: settings.lines.count)
        queues = Array(repeating: Heap(), count: settings.lines.count)
        declined = Array(repeating: [], count: settings.lines.count)
        asking = declined
    }

    /// A new sender of commands.
    ///
    /// - Returns: The upper half of its commands' ids.
    mutating func addSender(inOrder: Bool = false) -> UInt64 {
        commands.append([])
        self.inOrder.append(inOrder ? 1 : 0)
        return UInt64(commands.count)
    }

    func index(ofLine name: Name) -> Int { settings.lines.firstIndex { $0.name == name } ?? 0 }

    /// The place of the first parked ticket among the cases.
    var firstParked: Int? {
        cases.indices[closedBelow...].first { cases[$0].stage == .parked }
    }

    /// The fate of a command; nil when nobody in this run can have sent it.
    func fate(_ id: CommandID) -> CommandFate? {
        guard id.high > 0, id.high <= UInt64(commands.count) else { return nil }
        let sent = commands[Int(id.high) - 1]
        // Nobody in a run sends as many.
        guard id.low > 0, id.low < 1 << 20 else { return nil }
        return id.low <= UInt64(sent.count) ? sent[Int(id.low) - 1] : CommandFate()
    }

    mutating func withFate(_ id: CommandID, _ body: (inout CommandFate) -> Void) {
        guard id.high > 0, id.high <= UInt64(commands.count), id.low > 0 else { return }
        let sender = Int(id.high) - 1
        while commands[sender].count < Int(id.low) { commands[sender].append(CommandFate()) }
        body(&commands[sender][Int(id.low) - 1])
    }

    /// The index of a node's run among the tallies.
    mutating func run(of holder: Holder) -> Int? {
        guard holder.incarnation != 0 else { return nil }
        // The newest are the likeliest.
        var index = tallies.count - 1
        while index >= 0 {
            if tallies[index].incarnation == holder.incarnation, tallies[index].node == holder.node {
                return index
            }
            index -= 1
        }
        tallies.append(RunTally(node: holder.node, incarnation: holder.incarnation))
        return tallies.count - 1
    }

    /// The desk has other settings; in a run its lines stay as they are. What waits is in another order from here on.
    mutating func configure(_ configuration: Configuration) {
        version += 1
        findings.expect(
            .g1, configuration.version == version,
            "version \(configuration.version) of the settings, not \(version)")
        settings = configuration.settings.asRun(by: settings)
        timedAnew = lastMoment
        // Every ticket waits anew, and what is kept for its owner has its owner's time from here on.
        for index in closedBelow..<cases.count where cases[index].stage == .waiting {
            cases[index].waits = lastMoment
            cases[index].kept = lastMoment
        }
        markers.reach(.configured)
        for line in queues.indices {
            queues[line] = Heap(
                queues[line].unordered.map {
                    spot(TicketNumber($0.number), cases[Int($0.number) - 1], $0.revision)
                })
            declined[line] = declined[line].map {
                spot(TicketNumber($0.number), cases[Int($0.number) - 1], $0.revision)
            }
            asking[line] = asking[line].map {
                spot(TicketNumber($0.number), cases[Int($0.number) - 1], $0.revision)
            }
        }
    }
}
