import Desk
import ProtoBytes
import Tickets

/// Reads the pieces of a snapshot into a desk.
struct SnapshotReading {
    private(set) var restoration: DeskRestoration
    private var names = NameReading(byteCount: .max)

    init(settings: DeskSettings) {
        restoration = DeskRestoration(settings: settings)
    }

    private typealias Bytes = UnsafeRawBufferPointer

    mutating func merge(_ piece: UnsafeRawBufferPointer) throws {
        var reader = ProtoReader(piece)
        // What there is once stands in one piece, which its census marks.
        var (head, hasHead) = (DeskParts(), false)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): head.position = Position(try reader.varint())
            case (2, .varint): head.lastMoment = try reader.moment()
            case (3, .varint): head.lastTicket = TicketNumber(try reader.varint())
            case (4, .varint): head.lastOutbox = try reader.varint()
            case (5, .bytes): (head.census, hasHead) = (try census(try reader.slice()), true)
            case (6, .bytes): restoration.add(try ticket(try reader.slice()))
            case (7, .bytes):
                let (number, claim) = try claim(try reader.slice())
                restoration.add(claim, of: number)
            case (8, .bytes):
                let (stamp, answer) = try Self.kept(try reader.slice())
                restoration.add(answer, for: stamp)
            case (9, .bytes): restoration.add(try Self.solved(try reader.slice()))
            case (30, .bytes): head.configuration = try RecordCoding.configuration(try reader.slice())
            case (31, .bytes):
                var packed = ProtoReader(try reader.slice())
                while !packed.isAtEnd { head.configurations.append(Position(try packed.varint())) }
            case (61, .varint): head.keepsClocks = try reader.varint() != 0
            case (40, .bytes):
                let (number, dossier) = try SnapshotCoding.dossier(try reader.slice(), &names)
                restoration.add(dossier, of: number)
            case (41, .bytes):
                let (number, target, customer) = try SnapshotCoding.merge(try reader.slice())
                restoration.addMerge(of: number, into: target, customer)
            case (60, .bytes):
                let (number, promises) = try SnapshotCoding.promises(try reader.slice(), &names)
                restoration.add(promises, of: number)
            case (70, .bytes):
                let (number, channel) = try channel(try reader.slice())
                restoration.add(channel: channel, of: number)
            case (72, .bytes):
                let (number, moment) = try Self.arrival(try reader.slice())
                restoration.add(arrival: moment, of: number)
            case (73, .bytes):
                let (number, member) = try member(try reader.slice())
                restoration.add(member, of: number)
            case (74, .bytes): restoration.add(try acquaintance(try reader.slice()))
            case (75, .bytes):
                let (number, customer) = try SnapshotCoding.addressee(try reader.slice())
                restoration.add(customer: customer, of: number)
            case (76, .bytes): restoration.add(try SnapshotCoding.wish(try reader.slice()))
            case (71, .bytes):
                let (number, demands) = try Self.demands(try reader.slice())
                restoration.add(demands, of: number)
            default: try reader.skip(key)
            }
        }
        if hasHead { restoration.begin(head) }
    }

    private mutating func census(_ bytes: Bytes) throws -> Census {
        var reader = ProtoReader(bytes)
        var census = Census()
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): census.submitted = try reader.varint()
            case (2, .varint): census.claims = try reader.varint()
            case (3, .varint): census.resolutions = try reader.varint()
            case (4, .varint): census.escalated = try reader.varint()
            case (5, .varint): census.handedBack = try reader.varint()
            case (6, .varint): census.replies = try reader.varint()
            case (7, .varint): census.expired = try reader.varint()
            case (8, .varint): census.parkings = try reader.varint()
            case (9, .varint): census.closed = try reader.varint()
            case (10, .bytes):
                census.lines.append(LineCensus(name: try names.name(try reader.slice(), "line")))
            default: try reader.skip(key)
            }
        }
        return census
    }

    /// What a ticket is read into. Made once: a name that is written in the source is checked each time.
    private static let blank = Ticket(number: TicketNumber(0), line: "none", priority: .normal, since: .zero)

    private mutating func ticket(_ bytes: Bytes) throws -> Ticket {
        var reader = ProtoReader(bytes)
        var (line, priority) = (Name?.none, Priority?.none)
        var (status, place) = (Status?.none, Place?.none)
        var ticket = Self.blank
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket.number = TicketNumber(try reader.varint())
            case (2, .bytes): line = try names.name(try reader.slice(), "line")
            case (3, .varint): priority = try reader.value(Priority.init(rawValue:))
            case (4, .varint): status = try reader.value(Status.init(rawValue:))
            case (5, .varint): place = try reader.value(Place.init(rawValue:))
            case (6, .varint): ticket.isForOwner = try reader.varint() != 0
            case (7, .varint): ticket.since = try reader.moment()
            case (8, .varint): ticket.token = Token(try reader.varint())
            case (9, .bytes): ticket.owner = try names.name(try reader.slice(), "owner")
            case (10, .varint): ticket.wakes = try reader.moment()
            case (11, .varint): ticket.failures = try reader.number()
            case (12, .varint): ticket.assignments = try reader.number()
            case (13, .varint): ticket.escalations = try reader.number()
            case (14, .varint): ticket.entries = try reader.number()
            case (15, .varint): ticket.lastMessage = try reader.number()
            case (16, .varint): ticket.revision = try reader.number()
            case (17, .bytes): ticket.frames.append(try names.name(try reader.slice(), "frame"))
            case (18, .bytes): ticket.declined.append(try names.name(try reader.slice(), "node"))
            case (19, .fixed64): ticket.customer = try reader.fixed64()
            default: try reader.skip(key)
            }
        }
        guard let line, let priority, let status, let place else { throw DecodingFlaw("ticket") }
        ticket.line = line
        ticket.priority = priority
        ticket.status = status
        ticket.place = place
        return ticket
    }

    private mutating func claim(_ bytes: Bytes) throws -> (ticket: TicketNumber, claim: Claim) {
        var reader = ProtoReader(bytes)
        var (number, token, holder) = (TicketNumber(0), Token(0), Holder?.none)
        var (lease, at, lastReply, offer) = (Int64(0), Moment.zero, UInt32(0), Int64?.none)
        var makesOwner = false
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .varint): token = Token(try reader.varint())
            case (3, .bytes): holder = try RecordCoding.holder(try reader.slice(), &names)
            case (4, .varint): lease = Int64(bitPattern: try reader.varint())
            case (5, .varint): at = try reader.moment()
            case (40, .varint): lastReply = try reader.number()
            case (41, .varint): makesOwner = try reader.varint() != 0
            case (80, .varint): offer = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let holder else { throw DecodingFlaw("holder") }
        var claim = Claim(token: token, holder: holder, leaseMilliseconds: lease, at: at)
        (claim.lastReply, claim.offerMilliseconds, claim.makesOwner) = (lastReply, offer, makesOwner)
        return (number, claim)
    }

    private mutating func channel(_ bytes: Bytes) throws -> (ticket: TicketNumber, channel: Name) {
        var reader = ProtoReader(bytes)
        var (number, channel) = (TicketNumber(0), Name?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .bytes): channel = try names.name(try reader.slice(), "channel")
            default: try reader.skip(key)
            }
        }
        guard let channel else { throw DecodingFlaw("channel") }
        return (number, channel)
    }

    private static func arrival(_ bytes: Bytes) throws -> (ticket: TicketNumber, moment: Moment) {
        var reader = ProtoReader(bytes)
        var (number, moment) = (TicketNumber(0), Moment.zero)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .varint): moment = try reader.moment()
            default: try reader.skip(key)
            }
        }
        return (number, moment)
    }

    private mutating func acquaintance(_ bytes: Bytes) throws -> Customers.Acquaintance {
        var reader = ProtoReader(bytes)
        var (customer, agent, moment) = (UInt64(0), Name?.none, Moment.zero)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .fixed64): customer = try reader.fixed64()
            case (2, .bytes): agent = try names.name(try reader.slice(), "agent")
            case (3, .varint): moment = try reader.moment()
            default: try reader.skip(key)
            }
        }
        guard let agent else { throw DecodingFlaw("agent") }
        return Customers.Acquaintance(customer: customer, agent: agent, at: moment)
    }

    private mutating func member(_ bytes: Bytes) throws -> (ticket: TicketNumber, member: Customers.Member) {
        var reader = ProtoReader(bytes)
        var (number, member) = (TicketNumber(0), Customers.Member(customer: 0, others: 0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .fixed64): member.customer = try reader.fixed64()
            case (3, .varint): member.others = UInt32(truncatingIfNeeded: try reader.varint())
            case (4, .varint): member.isOpen = try reader.varint() == 0
            case (6, .fixed64): member.matter = try reader.fixed64()
            case (7, .varint): member.wrote = try reader.moment()
            case (5, .bytes): member.familiar = try names.name(try reader.slice(), "familiar")
            default: try reader.skip(key)
            }
        }
        return (number, member)
    }

    private static func demands(_ bytes: Bytes) throws -> (ticket: TicketNumber, demands: Demands) {
        var reader = ProtoReader(bytes)
        var (number, demands) = (TicketNumber(0), Demands())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .bytes): demands.required.append(try SkillCoding.skill(try reader.slice()))
            case (3, .bytes): demands.preferred.append(try SkillCoding.skill(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        return (number, demands)
    }

    private static func kept(_ bytes: Bytes) throws -> (stamp: CommandStamp, answer: Answer) {
        var reader = ProtoReader(bytes)
        var stamp = CommandStamp(id: CommandID(high: 0, low: 0), fingerprint: 0)
        var answer = Answer(ticket: TicketNumber(0), token: Token(0), position: .start)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .fixed64): stamp.id.high = try reader.fixed64()
            case (2, .fixed64): stamp.id.low = try reader.fixed64()
            case (3, .fixed64): stamp.fingerprint = try reader.fixed64()
            case (4, .varint): answer.ticket = TicketNumber(try reader.varint())
            case (5, .varint): answer.token = Token(try reader.varint())
            case (6, .varint): answer.position = Position(try reader.varint())
            default: try reader.skip(key)
            }
        }
        return (stamp, answer)
    }

    private static func solved(_ bytes: Bytes) throws -> SolvedTicket {
        var reader = ProtoReader(bytes)
        var solved = SolvedTicket(number: TicketNumber(0), assignments: 0, at: .zero)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): solved.number = TicketNumber(try reader.varint())
            case (2, .varint): solved.assignments = try reader.number()
            case (3, .varint): solved.at = try reader.moment()
            case (4, .varint): solved.isSpam = try reader.varint() != 0
            default: try reader.skip(key)
            }
        }
        return solved
    }
}
