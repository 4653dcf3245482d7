package import Desk
package import ProtoBytes
import SwiftProtobuf
package import Tickets
package import Wire

extension ProtoWriter {
    /// Writes a grant as an item; the bytes are those of the generated code.
    package mutating func item(_ grant: Grant, _ conversation: Conversation, _ holder: Holder) {
        let marks = beginItem(4)
        let ticket = begin(1)
        write(grant.ticket, conversation, holder)
        for name in grant.lacking { fieldAlways(44, name) }
        end(ticket)
        field(2, grant.ticket.token.rawValue)
        field(3, UInt32(clamping: grant.leaseMilliseconds))
        conversation.fittingEntries(through: grant.ticket.entries).withUnsafeBytes { append($0) }
        if let offer = grant.offerMilliseconds { fieldAlways(80, UInt64(UInt32(clamping: offer))) }
        endItem(marks)
    }

    private mutating func write(_ ticket: Ticket, _ conversation: Conversation, _ holder: Holder) {
        field(1, ticket.number.rawValue)
        field(2, ticket.line.text)
        field(3, ticket.status.word)
        field(4, ticket.place.word)
        field(5, UInt32(ticket.priority.proto.rawValue))
        conversation.labels.withUnsafeBytes { append($0) }
        field(12, ticket.owner?.text ?? "")
        field(13, ticket.token.rawValue)
        field(14, holder.node.text)
        field(15, holder.agent?.text ?? "")
        field(16, ticket.failures)
        field(17, ticket.assignments)
        field(18, ticket.escalations)
        for frame in ticket.frames { fieldAlways(19, frame.text) }
        field(20, ticket.lastMessage)
        field(21, ticket.entries)
        field(22, ticket.revision)
        field(23, conversation.created.milliseconds)
        field(25, ticket.since.milliseconds)
    }
}

extension ProtoItem {
    /// What is rare enough to go through the generated code.
    package static func welcome(_ welcome: Welcome, incarnation: UInt64) -> ProtoItem {
        .with { item in
            item.welcome = .with {
                $0.incarnation = incarnation
                $0.heartbeatMs = UInt32(clamping: welcome.heartbeatMilliseconds)
                $0.leaseMs = UInt32(clamping: welcome.leaseMilliseconds)
                $0.frameBytesMax = UInt32(clamping: wireFrameBytesMax)
                $0.textBytesMax = UInt32(clamping: welcome.textBytesMax)
            }
        }
    }

    package static func revoked(
        _ ticket: TicketNumber, _ token: Token, _ reason: String, isMissed: Bool
    ) -> ProtoItem {
        .with { item in
            item.revoked = .with {
                ($0.ticket, $0.token, $0.reason) = (ticket.rawValue, token.rawValue, reason)
                $0.missed = isMissed
            }
        }
    }

    package static func refusal(_ refusal: Refusal, of command: CommandID? = nil) -> ProtoItem {
        .with { $0.error = ProtoError(refusal, command: command) }
    }
}
