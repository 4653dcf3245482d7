package import Tickets

import struct Foundation.Data

extension ProtoError {
    /// The refusal as it goes over the wire; without a command it is about the frame or the session.
    package init(_ refusal: Refusal, command: CommandID? = nil) {
        self.init()
        if let command { commandID = Data(command.bytes) }
        code = refusal.code.rawValue
        word = refusal.code.word
        reason = refusal.reason
        holderNode = refusal.holder?.node.text ?? ""
        holderAgent = refusal.holder?.agent?.text ?? ""
        token = refusal.token?.rawValue ?? 0
        entry = refusal.entry ?? 0
        if let retry = refusal.retryAfterMilliseconds { retryAfterMs = UInt32(clamping: retry) }
    }
}

extension Refusal {
    /// A refusal as it came over the wire; a code that this version does not know is a malformed frame.
    package init(_ proto: ProtoError) {
        let holder = Name(proto.holderNode).map { node in
            Holder(node: node, incarnation: 0, agent: Name(proto.holderAgent))
        }
        self.init(
            ErrorCode(rawValue: proto.code) ?? .malformedFrame, proto.reason, holder: holder,
            token: proto.token == 0 ? nil : Token(proto.token), entry: proto.entry == 0 ? nil : proto.entry,
            retryAfterMilliseconds: proto.hasRetryAfterMs ? Int64(proto.retryAfterMs) : nil)
    }
}

extension ProtoAnswer {
    package init(_ answer: Answer, command: CommandID) {
        self.init()
        commandID = Data(command.bytes)
        ticket = answer.ticket.rawValue
        token = answer.token.rawValue
        position = answer.position.rawValue
        if let wait = answer.expectedWaitMilliseconds { expectedWaitMs = wait }
        if let told = answer.told { self.told = told }
        if let entry = answer.entry { self.entry = entry }
    }
}

extension Answer {
    package init(_ proto: ProtoAnswer) {
        self.init(
            ticket: TicketNumber(proto.ticket), token: Token(proto.token), position: Position(proto.position))
        if proto.hasExpectedWaitMs { expectedWaitMilliseconds = proto.expectedWaitMs }
        if proto.hasTold { told = proto.told }
        if proto.hasEntry { entry = proto.entry }
    }
}
