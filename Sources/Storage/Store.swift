package import Desk
package import Figures
package import Tickets

/// Where one desk is kept: the log, which is the desk; snapshots, which only save time; and the view, which
/// can be deleted and built again.
///
/// Each object that a store opens belongs to the thread that opened it.
package protocol Store: Sendable {
    /// Opens the log for appending. Only one process may have it open so; each opening is a new epoch.
    func openLog() throws(StoreError) -> any LogWriter
    func openLogReader() throws(StoreError) -> any LogReader
    func openSnapshots() throws(StoreError) -> any SnapshotStore
    func openView() throws(StoreError) -> any ViewWriter
    func openViewReader() throws(StoreError) -> any ViewReader
    /// What the engine's own check of its files finds wrong, a line each; empty when all is well. Reads
    /// everything, changes nothing, works beside a running broker.
    func selfCheck() throws(StoreError) -> [String]
}

extension Store {
    package func selfCheck() throws(StoreError) -> [String] { [] }
}

/// Appends turns to the log.
package protocol LogWriter: AnyObject {
    /// The term of this writer: one more than that of any writer before.
    var epoch: UInt64 { get }
    /// The position of the last event.
    var last: Position { get }

    /// Appends turns, each as one row, all in one commit. They are on disk when this returns.
    ///
    /// - Throws: Any error means that it is unknown what is on disk, and that asking again could lie: the caller
    ///   answers nothing and ends the process.
    func append(_ turns: [[Record]]) throws(StoreError)

    /// Appends turns of another log, each of the epoch of which it was there; with those before, so are their digests.
    /// Epochs grow from turn to turn.
    func append(copies turns: [StoredTurn]) throws(StoreError)

    /// Housekeeping that a commit should not pay for, such as a checkpoint; called between commits.
    func tidyUp() throws(StoreError)
}

/// Reads the log.
package protocol LogReader: AnyObject {
    /// The turns after a position, in order, at most `limit` of them; checked against the chain of digests.
    func turns(after position: Position, limit: Int) throws(StoreError) -> [StoredTurn]
    /// The turn that contains a position; nil if there is none.
    func turn(containing position: Position) throws(StoreError) -> StoredTurn?
    /// The position of the last durable event.
    var last: Position { get throws(StoreError) }
}

/// One row of the log.
package struct StoredTurn: Hashable, Sendable {
    /// The term of the broker that wrote it.
    package var epoch: UInt64
    /// In order of position, at least one.
    package var records: [Record]

    package init(epoch: UInt64, records: [Record]) {
        self.epoch = epoch
        self.records = records
    }
}

/// Keeps folded desks, so that starting does not fold all of history.
package protocol SnapshotStore: AnyObject {
    /// Keeps a snapshot beside the newest older one, which stays in case this one turns out to be damaged.
    /// The desk's last event must be durable, and the last of its turn.
    func save(_ desk: Desk) throws(StoreError)
    /// The newest snapshot that is intact, or nil.
    func load(settings: DeskSettings) throws(StoreError) -> Desk?
}

/// Writes the view. Owned by the projector's thread.
package protocol ViewWriter: AnyObject {
    /// Position of the last event that is in the view.
    var position: Position { get }
    /// Why the view was emptied when it was opened, for the log; nil when it was kept.
    var notice: String? { get }
    /// Folds turns that follow ``position`` into the rows, in one transaction.
    func fold(_ turns: [StoredTurn]) throws(StoreError)
    /// Empties the view, to be built again from the log.
    func reset() throws(StoreError)
}

extension ViewWriter {
    package var notice: String? { nil }
}

/// A ticket as people read it. Built from events without the desk's own folding, so that the two can be compared.
package struct TicketRow: Hashable, Sendable {
    package var number = TicketNumber(0)
    package var line: Name = "none"
    package var status = Status.new
    package var place = Place.waiting
    package var priority = Priority.normal
    package var channel: Name = "none"
    package var customer = ""
    /// In which of the desk's groups the customer was when it came.
    package var group: String?
    package var subject = ""
    package var kind: String?
    package var tags: [String] = []
    package var fields: [Field] = []
    package var owner: Name?
    package var token = Token(0)
    /// Nil while nobody holds it.
    package var holder: Holder?
    package var failures: UInt32 = 0
    package var assignments: UInt32 = 0
    package var escalations: UInt32 = 0
    package var frames: [Name] = []
    package var lastMessage: UInt32 = 0
    package var entries: UInt32 = 0
    package var revision: UInt32 = 0
    package var created = Moment.zero
    package var updated = Moment.zero
    package var since = Moment.zero
    package var wakes: Moment?
    /// What figures count of it.
    package var course = TicketCourse(line: "none", at: .zero)
    /// Number of the holder's last reply; 0 before it, and while nobody holds the ticket.
    package var lastReply: UInt32 = 0
    /// What was set on it since; kind, priority, tags and fields above are those that it was submitted with.
    package var extras = Rare<Extras>()

    package init() {}
}

/// One item of a conversation.
package struct EntryRow: Hashable, Sendable {
    package var number: UInt32
    package var kind: EntryKind
    package var author: Name
    package var at: Moment
    package var text: String

    package init(number: UInt32, kind: EntryKind, author: Name, at: Moment, text: String) {
        self.number = number
        self.kind = kind
        self.author = author
        self.at = at
        self.text = text
    }
}

/// A ticket with its entries, in order of number.
package struct StoredConversation: Hashable, Sendable {
    package var ticket: TicketRow
    package var entries: [EntryRow]

    package init(ticket: TicketRow, entries: [EntryRow]) {
        self.ticket = ticket
        self.entries = entries
    }
}

/// A reply on its way to the customer. Made from a public reply only; there is no way to make one from a note.
package struct OutboxRow: Hashable, Sendable {
    package var number: UInt64
    package var ticket: TicketNumber
    package var entry: UInt32
    package var channel: Name
    package var customer: String
    package var at: Moment

    package init(
        number: UInt64, ticket: TicketNumber, entry: UInt32, channel: Name, customer: String, at: Moment
    ) {
        self.number = number
        self.ticket = ticket
        self.entry = entry
        self.channel = channel
        self.customer = customer
        self.at = at
    }
}

/// What one run of a node did, counted from the events it caused. A person is run 0 of their key.
package struct NodeTally: Hashable, Sendable {
    package var node: Name
    package var incarnation: UInt64
    package var claims: UInt64 = 0
    package var notes: UInt64 = 0
    package var replies: UInt64 = 0
    package var escalated: UInt64 = 0
    package var handedBack: UInt64 = 0
    package var resolved: UInt64 = 0
    package var pended: UInt64 = 0
    /// What it gave back itself; leases that ended, restarts and farewells are the desk's doing.
    package var released: UInt64 = 0

    package init(node: Name, incarnation: UInt64) {
        self.node = node
        self.incarnation = incarnation
    }
}

/// Which tickets a reader asks for; nil stands for any.
package struct TicketFilter: Hashable, Sendable {
    package var line: Name?
    package var status: Status?
    package var place: Place?
    package var owner: Name?
    package var customer: String?
    /// Only those that are neither solved nor closed.
    package var isOpen = false
    /// Only tickets with a larger number.
    package var after = TicketNumber(0)
    package var limit = 100

    package init() {}
}

/// Reads the view. Any number of readers, one thread each.
package protocol ViewReader: AnyObject {
    var position: Position { get throws(StoreError) }
    func ticket(_ number: TicketNumber) throws(StoreError) -> TicketRow?
    /// In order of number.
    func tickets(_ filter: TicketFilter) throws(StoreError) -> [TicketRow]
    /// In order of number within the ticket.
    func entries(of number: TicketNumber) throws(StoreError) -> [EntryRow]
    /// Many tickets with their entries, in order of number, each once; without those that the view has not.
    ///
    /// Of tickets that came one after the other this costs a fraction of what asking for each costs.
    func conversations(of numbers: [TicketNumber]) throws(StoreError) -> [StoredConversation]
    /// Positions of the ticket's events in the log, in order, at most `limit` after the given revision.
    func positions(
        of number: TicketNumber, after revision: UInt32, limit: Int
    ) throws(StoreError) -> [Position]
    /// In order of number, at most `limit` after the given one.
    func outbox(after number: UInt64, limit: Int) throws(StoreError) -> [OutboxRow]
    /// In order of node and incarnation.
    func tallies() throws(StoreError) -> [NodeTally]
    /// The figures of all tickets, as far as the view is.
    func figures() throws(StoreError) -> FiguresFold
    /// The same, still packed as far as the view keeps them so: a report takes each apart and lets it go.
    func keptFigures() throws(StoreError) -> KeptFold
    /// Runs reads that all see the view at one position. Not to be nested, and not to be held for long: what is
    /// read cannot be tidied up meanwhile.
    func atOnce(_ body: () throws(StoreError) -> Void) throws(StoreError)
}

/// A store that failed.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// The folder or file cannot be used as it is: missing, read-only, not a desk, of a newer layout.
        case unusable
        /// Another process has the desk open.
        case inUse
        case diskFull
        /// What was read is not what was written.
        case corrupt
        case inputOutput
    }

    package var kind: Kind
    /// What happened, to which file, and what to do. No ticket text.
    package var reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason }
}
