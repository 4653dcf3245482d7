import SwiftProtobuf
import Tickets

extension Amendment {
    /// - Throws: What is wrong with it.
    init(_ proto: ProtoAmend) throws(Refusal) {
        guard let subject = UInt8(exactly: proto.subject.rawValue).flatMap(AmendmentFields.Subject.init),
            subject != .given, subject != .offered, subject != .status
        else { throw Refusal(.malformedFrame, "the amendment has no subject that this version knows") }
        var fields = AmendmentFields(subject)
        (fields.name, fields.text) = (proto.name, proto.text)
        (fields.number, fields.isOff) = (proto.number, proto.off)
        guard let amendment = fields.amendment else {
            throw Refusal(.malformedFrame, "the amendment has a value that its subject cannot have")
        }
        self = amendment
    }
}

extension ProtoAmend {
    init(_ ticket: TicketNumber, _ token: Token?, _ amendment: Amendment) {
        let fields = AmendmentFields(amendment)
        self.init()
        (self.ticket, self.token) = (ticket.rawValue, token?.rawValue ?? 0)
        subject = ProtoAmendSubject(rawValue: Int(fields.subject.rawValue)) ?? .unspecified
        (name, text, number, off) = (fields.name, fields.text, fields.number, fields.isOff)
    }
}

extension Origin {
    /// Nil for a submission that stands for itself.
    init?(_ proto: ProtoSubmit) throws(Refusal) {
        guard proto.origin != 0 else { return nil }
        guard let cause = UInt8(exactly: proto.originCause.rawValue).flatMap(Cause.init(rawValue:)) else {
            throw Refusal(.malformedFrame, "the submission does not say what it has to do with its origin")
        }
        self.init(ticket: TicketNumber(proto.origin), cause: cause)
    }
}
