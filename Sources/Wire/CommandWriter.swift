import ProtoBytes
import Tickets

extension ProtoWriter {
    /// Writes a command as an element of `Commands`; the bytes are those of the generated code.
    mutating func write(_ command: Command) {
        let message = begin(1)
        field(1, high: command.id.high, low: command.id.low)
        write(command.action)
        end(message)
    }

    private mutating func write(_ action: Action) {
        switch action {
        case .submit(let submission): write(submission)
        case .followUp(let ticket, let body):
            let message = begin(3)
            field(1, ticket.rawValue)
            field(2, body)
            end(message)
        case .claim(let ticket, let lease):
            let message = begin(4)
            field(1, ticket.rawValue)
            field(2, UInt64(clamping: lease))
            end(message)
        case .note(let ticket, let token, let text): write(5, ticket, token, text)
        case .reply(let ticket, let token, let seen, let text):
            let message = begin(6, ticket, token)
            field(3, seen)
            field(4, text)
            end(message)
        case .escalate(let ticket, let token, let line, let note, let budget):
            let message = begin(7, ticket, token)
            field(3, line?.text ?? "")
            field(4, note)
            field(5, UInt64(clamping: budget ?? 0))
            end(message)
        case .handBack(let ticket, let token, let note): write(8, ticket, token, note)
        case .resolve(let ticket, let token, let seen, let text):
            let message = begin(9, ticket, token)
            field(3, seen)
            field(4, optional: text)
            end(message)
        case .pend(let ticket, let token, let onHold, let until, let reason):
            let message = begin(10, ticket, token)
            field(3, onHold)
            if let until { fieldAlways(4, UInt64(bitPattern: until.milliseconds)) }
            field(5, reason)
            end(message)
        case .release(let ticket, let token, let reason, let failed):
            let message = begin(11, ticket, token)
            field(3, reason)
            field(4, failed)
            end(message)
        case .decline(let ticket, let token, let reason): write(12, ticket, token, reason)
        case .configure(let wish):
            let message = begin(30)
            field(1, wish.basis)
            wish.settings.withUnsafeBytes { if !$0.isEmpty { fieldAlways(2, $0) } }
            field(3, wish.source)
            field(4, wish.reason)
            end(message)
        case .amend(let ticket, let token, let amendment): write(ticket, token, AmendmentFields(amendment))
        case .takeOver(let ticket, let lease, let reason):
            let message = begin(41)
            field(1, ticket.rawValue)
            field(2, UInt64(clamping: lease))
            field(3, reason)
            end(message)
        case .merge(let ticket, let token, let target):
            let message = begin(42, ticket, token)
            field(3, target.rawValue)
            end(message)
        case .improve(let topic, let text):
            let message = begin(43)
            field(1, topic)
            field(2, text)
            end(message)
        }
    }

    private mutating func write(_ ticket: TicketNumber, _ token: Token?, _ fields: AmendmentFields) {
        let message = begin(40, ticket, token)
        // What the desk alone says has no number on the wire.
        field(3, UInt32(ProtoAmendSubject(rawValue: Int(fields.subject.rawValue))?.rawValue ?? 0))
        field(4, fields.name)
        field(5, fields.text)
        field(6, fields.number)
        field(7, fields.isOff)
        end(message)
    }

    private mutating func begin(_ number: UInt32, _ ticket: TicketNumber, _ token: Token?) -> Int {
        let message = begin(number)
        field(1, ticket.rawValue)
        field(2, token?.rawValue ?? 0)
        return message
    }

    /// The messages of a ticket, a token and a text.
    private mutating func write(_ number: UInt32, _ ticket: TicketNumber, _ token: Token?, _ text: String) {
        let message = begin(number, ticket, token)
        field(3, text)
        end(message)
    }

    private mutating func write(_ submission: Submission) {
        let message = begin(2)
        field(1, submission.channel.text)
        field(2, submission.customer)
        field(3, submission.subject)
        field(4, submission.body)
        field(5, optional: submission.kind)
        field(6, UInt32(submission.priority.proto.rawValue))
        for tag in submission.tags { fieldAlways(7, tag) }
        for value in submission.fields {
            let message = begin(8)
            field(1, value.name)
            field(2, value.value)
            end(message)
        }
        if let origin = submission.origin {
            field(40, origin.ticket.rawValue)
            field(41, UInt32(origin.cause.rawValue))
        }
        end(message)
    }
}
