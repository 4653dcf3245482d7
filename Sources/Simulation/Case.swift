import Desk
import Storage
import Tickets

/// One ticket as the witness knows it: from its events alone, by rules of its own.
struct Case: Sendable {
    enum Stage: UInt8, Sendable {
        case waiting, claimed, parked, pending, onHold, solved, closed, spam

        var isOpen: Bool { self != .solved && self != .closed && self != .spam }
    }

    var stage = Stage.waiting
    /// Index of its line in the settings.
    var line = 0
    var priority: Priority
    var kind: String?
    var asking = Asking.nothing
    /// Whose it is, also in small letters, and how many others of theirs were open when it came.
    var customer: String
    let person: String
    var others: UInt32
    /// Who knew its customer when it came.
    var familiar: Name?
    var since: Moment
    var token = Token(0)
    var holder: Holder?
    /// Index of the holder's tally; nil for people.
    var run: Int?
    /// Within how many milliseconds its holder is to accept it; nil when they have, or need not.
    var offer: Int64?
    var owner: Name?
    var isForOwner = false
    var wakes: Moment?
    var failures: UInt32 = 0
    var assignments: UInt32 = 0
    /// How often it went on to another line because nobody took it.
    var overflows: UInt32 = 0
    var escalations: UInt32 = 0
    var entries: UInt32 = 1
    var lastMessage: UInt32 = 1
    var revision: UInt32 = 1
    /// Indexes of the lines that it goes back to.
    var frames: [Int] = []
    var declined: [Name] = []
    /// Digest of its conversation.
    var conversation = Trace()
    /// The newest of its messages that left in a grant.
    var messageShown: UInt32 = 0
    /// When it came to the line that it is on; not when it was put back there.
    var arrived: Moment
    /// When it began to wait where it does, by the broker's clock; ``since`` is kept when it comes back.
    var waits: Moment
    /// Since when it is kept for its owner, if it is; nil after another became that.
    var kept: Moment?
    /// Since when, as far as was seen, everybody on its line has declined it.
    var alone: Moment?
    /// The command of the last message that came after its first.
    var followed: CommandID?
    /// When its claim was last renewed, by the broker's clock.
    var renewed = Moment.zero
    var solvedAt = Moment.zero
    /// The holder's last reply.
    var lastReply: UInt32 = 0
    /// Who has a draft of a reply.
    var drafters: [Name] = []
    /// Nil unless the desk kept promises when it came.
    var watches: Watches?
    var isSpam = false
    /// Whether a rule set it aside when it came, so that it is new no more.
    var wasSetAside = false
    /// Where spam comes from, and goes back to when it is none.
    var stageBefore = Stage.waiting
    /// Whether its customer has written since it became spam.
    var wroteAsSpam = false
    /// Whose it is and what about, where that matters, and when its customer wrote last.
    var matter: String?
    var wrote: Moment
    /// Whether its customer is to be told of delays.
    var isToldOfDelays = false
    /// Whether the desk may write to its customer by itself.
    var isAddressee = false
    /// Nil unless it was merged.
    var mergedInto: TicketNumber?
    /// Who submitted it, with which of their commands.
    var command: CommandID

    init(_ submission: Submission, at moment: Moment, by command: CommandID) {
        priority = submission.priority
        kind = submission.kind
        (customer, others, familiar) = (submission.customer, submission.others, submission.familiar)
        person = submission.customer.lowercased()
        since = moment
        (arrived, waits, wrote) = (moment, moment, moment)
        self.command = command
        say(1, .message, submission.body)
    }

    /// Tells this wait of the ticket from another.
    var wait: UInt32 { Self.wait(assignments, overflows) }

    static func wait(_ assignments: UInt32, _ overflows: UInt32) -> UInt32 { assignments &+ overflows << 16 }

    var isOpen: Bool { stage.isOpen }

    /// Whether it waits for its owner, or will when it is no spam any more: its customer wrote to what was solved.
    var isMarkedForOwner: Bool {
        switch stage {
        case .waiting: isForOwner
        case .spam: wroteAsSpam && stageBefore == .solved
        case .solved: wroteAsSpam
        default: false
        }
    }

    mutating func say(_ entry: UInt32, _ kind: EntryKind, _ text: String) {
        conversation.add(UInt64(entry) << 8 | UInt64(kind.rawValue))
        conversation.add(text)
    }

    /// Puts it into its line.
    mutating func wait(since moment: Moment, forOwner: Bool) {
        stage = .waiting
        since = moment
        holder = nil
        run = nil
        wakes = nil
        isForOwner = forOwner && owner != nil && frames.isEmpty
        declined = []
    }

    /// Whoever is next must have read what the holder wrote.
    mutating func letGo() {
        lastMessage = max(lastMessage, lastReply)
        lastReply = 0
    }

    mutating func leaveLine(_ stage: Stage) {
        self.stage = stage
        holder = nil
        run = nil
    }
}

/// A ticket's place in a line, as the witness orders it.
struct Spot: Comparable, Sendable {
    var key: Int64
    var number: UInt64
    /// Tells this wait of the ticket from another.
    var revision: UInt32

    static func < (a: Spot, b: Spot) -> Bool { (a.key, a.number) < (b.key, b.number) }
}
