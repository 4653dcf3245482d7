import SwiftProtobuf
package import Tickets

import struct Foundation.Data

extension Command {
    /// Reads a command.
    ///
    /// - Throws: What is wrong with it; the sender is told under the command's id.
    package init(_ proto: ProtoCommand) throws(Refusal) {
        guard let id = CommandID(proto.id) else {
            throw Refusal(.malformedFrame, "a command's id has 16 bytes, this one has \(proto.id.count)")
        }
        self.init(id: id, action: try Action(proto.action))
    }
}

extension Action {
    init(_ proto: ProtoCommand.OneOf_Action?) throws(Refusal) {
        switch proto {
        case .submit(let submit): self = .submit(try Submission(submit))
        case .followUp(let item): self = .followUp(TicketNumber(item.ticket), body: item.body)
        case .claim(let item):
            self = .claim(TicketNumber(item.ticket), leaseMilliseconds: Int64(clamping: item.leaseMs))
        case .note(let item):
            self = .note(
                TicketNumber(item.ticket), item.token == 0 ? nil : Token(item.token), text: item.text)
        case .reply(let item):
            self = .reply(TicketNumber(item.ticket), Token(item.token), seen: item.seen, text: item.text)
        case .escalate(let item):
            let line = item.toLine.isEmpty ? nil : try Name(wire: item.toLine)
            let budget = item.budgetMs == 0 ? nil : Int64(clamping: item.budgetMs)
            self = .escalate(
                TicketNumber(item.ticket), Token(item.token), to: line, note: item.note, budget: budget)
        case .handBack(let item):
            self = .handBack(TicketNumber(item.ticket), Token(item.token), note: item.note)
        case .resolve(let item):
            self = .resolve(
                TicketNumber(item.ticket), Token(item.token), seen: item.seen,
                text: item.hasText ? item.text : nil)
        case .pend(let item):
            let until = item.hasUntilMs ? Moment(milliseconds: item.untilMs) : nil
            self = .pend(
                TicketNumber(item.ticket), Token(item.token), onHold: item.onHold, until: until,
                reason: item.reason)
        case .release(let item):
            self = .release(
                TicketNumber(item.ticket), Token(item.token), reason: item.reason, failed: item.failed)
        case .decline(let item):
            self = .decline(TicketNumber(item.ticket), Token(item.token), reason: item.reason)
        case .configure(let item):
            self = .configure(
                Reconfiguration(
                    basis: item.basis, settings: Array(item.settings), source: item.source,
                    reason: item.reason))
        case .amend(let item):
            let token = item.token == 0 ? nil : Token(item.token)
            self = .amend(TicketNumber(item.ticket), token, try Amendment(item))
        case .takeOver(let item):
            self = .takeOver(
                TicketNumber(item.ticket), leaseMilliseconds: Int64(clamping: item.leaseMs),
                reason: item.reason)
        case .merge(let item):
            self = .merge(
                TicketNumber(item.ticket), item.token == 0 ? nil : Token(item.token),
                into: TicketNumber(item.into))
        case .improve(let item): self = .improve(topic: item.topic, text: item.text)
        case nil:
            throw Refusal(.malformedFrame, "the command has no action that this version knows")
        }
    }
}

extension Submission {
    init(_ proto: ProtoSubmit) throws(Refusal) {
        self.init(
            channel: try Name(wire: proto.channel), customer: proto.customer, subject: proto.subject,
            body: proto.body, kind: proto.hasKind ? proto.kind : nil, priority: Priority(proto.priority),
            tags: proto.tags, fields: proto.fields.map { Field(name: $0.name, value: $0.value) },
            origin: try Origin(proto))
    }
}

extension Priority {
    /// What is unknown or unset is normal.
    package init(_ proto: ProtoPriority) {
        self =
            switch proto {
            case .low: .low
            case .high: .high
            case .urgent: .urgent
            case .normal, .unspecified, .UNRECOGNIZED: .normal
            }
    }

    package var proto: ProtoPriority {
        switch self {
        case .low: .low
        case .normal: .normal
        case .high: .high
        case .urgent: .urgent
        }
    }
}

extension Name {
    /// A name from the wire.
    package init(wire text: String) throws(Refusal) {
        guard let name = Name(text) else {
            let what = "a name has 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -"
            throw Refusal(.invalidName, text.isEmpty ? "a name is missing; \(what)" : what)
        }
        self = name
    }
}

extension ProtoCommand {
    /// The command as it goes over the wire.
    package init(_ command: Command) {
        self.init()
        id = Data(command.id.bytes)
        action = OneOf_Action(command.action)
    }
}

extension ProtoCommand.OneOf_Action {
    init(_ action: Action) {
        switch action {
        case .submit(let submission):
            self = .submit(ProtoSubmit(submission))
        case .followUp(let ticket, let body):
            self = .followUp(.with { ($0.ticket, $0.body) = (ticket.rawValue, body) })
        case .claim(let ticket, let lease):
            self = .claim(.with { ($0.ticket, $0.leaseMs) = (ticket.rawValue, UInt64(clamping: lease)) })
        case .note(let ticket, let token, let text):
            self = .note(
                .with { ($0.ticket, $0.token, $0.text) = (ticket.rawValue, token?.rawValue ?? 0, text) })
        case .reply(let ticket, let token, let seen, let text):
            self = .reply(
                .with {
                    ($0.ticket, $0.token, $0.seen, $0.text) = (ticket.rawValue, token.rawValue, seen, text)
                })
        case .escalate(let ticket, let token, let line, let note, let budget):
            self = .escalate(
                .with {
                    ($0.ticket, $0.token, $0.toLine, $0.note) =
                        (ticket.rawValue, token.rawValue, line?.text ?? "", note)
                    $0.budgetMs = UInt64(clamping: budget ?? 0)
                })
        case .handBack(let ticket, let token, let note):
            self = .handBack(
                .with { ($0.ticket, $0.token, $0.note) = (ticket.rawValue, token.rawValue, note) })
        case .resolve(let ticket, let token, let seen, let text):
            self = .resolve(
                .with {
                    ($0.ticket, $0.token, $0.seen) = (ticket.rawValue, token.rawValue, seen)
                    if let text { $0.text = text }
                })
        case .pend(let ticket, let token, let onHold, let until, let reason):
            self = .pend(
                .with {
                    ($0.ticket, $0.token, $0.onHold) = (ticket.rawValue, token.rawValue, onHold)
                    if let until { $0.untilMs = until.milliseconds }
                    $0.reason = reason
                })
        case .release(let ticket, let token, let reason, let failed):
            self = .release(
                .with {
                    ($0.ticket, $0.token, $0.reason, $0.failed) =
                        (ticket.rawValue, token.rawValue, reason, failed)
                })
        case .decline(let ticket, let token, let reason):
            self = .decline(
                .with { ($0.ticket, $0.token, $0.reason) = (ticket.rawValue, token.rawValue, reason) })
        case .configure(let wish):
            self = .configure(
                .with {
                    ($0.basis, $0.settings) = (wish.basis, Data(wish.settings))
                    ($0.source, $0.reason) = (wish.source, wish.reason)
                })
        case .amend(let ticket, let token, let amendment):
            self = .amend(ProtoAmend(ticket, token, amendment))
        case .takeOver(let ticket, let lease, let reason):
            self = .takeOver(
                .with {
                    ($0.ticket, $0.leaseMs, $0.reason) = (ticket.rawValue, UInt64(clamping: lease), reason)
                })
        case .merge(let ticket, let token, let target):
            self = .merge(
                .with {
                    ($0.ticket, $0.token, $0.into) =
                        (ticket.rawValue, token?.rawValue ?? 0, target.rawValue)
                })
        case .improve(let topic, let text):
            self = .improve(.with { ($0.topic, $0.text) = (topic, text) })
        }
    }
}

extension ProtoSubmit {
    init(_ submission: Submission) {
        self.init()
        channel = submission.channel.text
        customer = submission.customer
        subject = submission.subject
        body = submission.body
        if let kind = submission.kind { self.kind = kind }
        priority = submission.priority.proto
        tags = submission.tags
        fields = submission.fields.map { field in
            .with { ($0.name, $0.value) = (field.name, field.value) }
        }
        if let origin = submission.origin {
            self.origin = origin.ticket.rawValue
            originCause = ProtoOriginCause(rawValue: Int(origin.cause.rawValue)) ?? .unspecified
        }
    }
}
