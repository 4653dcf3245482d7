import Desk
import ProtoBytes
import Tickets

extension SnapshotCoding {
    /// What there is once. The census is written even when all of it is 0: it marks this piece.
    static func write(head desk: Desk, to writer: inout ProtoWriter) {
        writer.field(1, desk.position.rawValue)
        writer.field(2, desk.lastMoment.milliseconds)
        writer.field(3, desk.lastTicket.rawValue)
        writer.field(4, desk.lastOutbox)
        let start = writer.begin(5)
        let census = desk.census
        writer.field(1, census.submitted)
        writer.field(2, census.claims)
        writer.field(3, census.resolutions)
        writer.field(4, census.escalated)
        writer.field(5, census.handedBack)
        writer.field(6, census.replies)
        writer.field(7, census.expired)
        writer.field(8, census.parkings)
        writer.field(9, census.closed)
        for line in census.lines { writer.fieldAlways(10, line.name.text) }
        writer.end(start)
        if let configuration = desk.configuration { RecordCoding.write(configuration, 30, to: &writer) }
        writer.field(31, packed: desk.configurations.map(\.rawValue))
        writer.field(61, desk.keepsClocks)
    }

    static func write(_ ticket: Ticket, to writer: inout ProtoWriter) {
        let start = writer.begin(6)
        writer.field(1, ticket.number.rawValue)
        writer.field(2, ticket.line.text)
        writer.field(3, UInt32(ticket.priority.rawValue))
        writer.field(4, UInt32(ticket.status.rawValue))
        writer.field(5, UInt32(ticket.place.rawValue))
        writer.field(6, ticket.isForOwner)
        writer.field(7, ticket.since.milliseconds)
        writer.field(8, ticket.token.rawValue)
        if let owner = ticket.owner { writer.field(9, owner.text) }
        if let wakes = ticket.wakes { writer.fieldAlways(10, UInt64(bitPattern: wakes.milliseconds)) }
        writer.field(11, ticket.failures)
        writer.field(12, ticket.assignments)
        writer.field(13, ticket.escalations)
        writer.field(14, ticket.entries)
        writer.field(15, ticket.lastMessage)
        writer.field(16, ticket.revision)
        #if PLANTED_BUGS
            let frames =
                PlantedBug.isActive(.framesReversedInSnapshot) ? ticket.frames.reversed() : ticket.frames
        #else
            let frames = ticket.frames
        #endif
        for line in frames { writer.fieldAlways(17, line.text) }
        for node in ticket.declined { writer.fieldAlways(18, node.text) }
        writer.field(19, fixed64: ticket.customer)
        writer.end(start)
    }

    static func write(_ number: TicketNumber, _ claim: Claim, to writer: inout ProtoWriter) {
        let start = writer.begin(7)
        writer.field(1, number.rawValue)
        writer.field(2, claim.token.rawValue)
        RecordCoding.write(claim.holder, 3, to: &writer)
        writer.field(4, claim.leaseMilliseconds)
        writer.field(5, claim.at.milliseconds)
        writer.field(40, claim.lastReply)
        writer.field(41, claim.makesOwner)
        #if PLANTED_BUGS
            let isLost = PlantedBug.isActive(.offerLostInSnapshot)
        #else
            let isLost = false
        #endif
        if let offer = claim.offerMilliseconds, !isLost {
            writer.fieldAlways(80, UInt64(bitPattern: offer))
        }
        writer.end(start)
    }

    static func write(_ stamp: CommandStamp, _ answer: Answer, to writer: inout ProtoWriter) {
        let start = writer.begin(8)
        writer.field(1, fixed64: stamp.id.high)
        writer.field(2, fixed64: stamp.id.low)
        writer.field(3, fixed64: stamp.fingerprint)
        writer.field(4, answer.ticket.rawValue)
        writer.field(5, answer.token.rawValue)
        writer.field(6, answer.position.rawValue)
        writer.end(start)
    }

    static func write(_ number: TicketNumber, channel: Name, to writer: inout ProtoWriter) {
        let start = writer.begin(70)
        writer.field(1, number.rawValue)
        writer.field(2, channel.text)
        writer.end(start)
    }

    static func write(_ number: TicketNumber, arrival moment: Moment, to writer: inout ProtoWriter) {
        let start = writer.begin(72)
        writer.field(1, number.rawValue)
        writer.field(2, moment.milliseconds)
        writer.end(start)
    }

    static func write(_ number: TicketNumber, _ member: Customers.Member, to writer: inout ProtoWriter) {
        let start = writer.begin(73)
        writer.field(1, number.rawValue)
        writer.field(2, fixed64: member.customer)
        writer.field(3, member.others)
        writer.field(4, !member.isOpen)
        if let familiar = member.familiar { writer.field(5, familiar.text) }
        writer.field(6, fixed64: member.matter)
        writer.field(7, member.wrote.milliseconds)
        writer.end(start)
    }

    static func write(_ acquaintance: Customers.Acquaintance, to writer: inout ProtoWriter) {
        let start = writer.begin(74)
        writer.field(1, fixed64: acquaintance.customer)
        writer.field(2, acquaintance.agent.text)
        writer.field(3, acquaintance.at.milliseconds)
        writer.end(start)
    }

    static func write(_ number: TicketNumber, _ demands: Demands, to writer: inout ProtoWriter) {
        let start = writer.begin(71)
        writer.field(1, number.rawValue)
        SkillCoding.write(demands.required, 2, to: &writer)
        SkillCoding.write(demands.preferred, 3, to: &writer)
        writer.end(start)
    }

    static func write(_ solved: SolvedTicket, to writer: inout ProtoWriter) {
        let start = writer.begin(9)
        writer.field(1, solved.number.rawValue)
        writer.field(2, solved.assignments)
        writer.field(3, solved.at.milliseconds)
        writer.field(4, solved.isSpam)
        writer.end(start)
    }
}
