import SwiftProtobuf
import Testing
import Tickets
import Wire

import struct Foundation.Data

@Suite struct RoundTripTests {
    @Test func `every command has a sample`() {
        #expect(Set(Action.samples.map(\.caseIndex)) == Set(0..<Action.caseCount))
    }

    @Test(arguments: Action.samples)
    func `a command comes back from its bytes as it was`(_ action: Action) throws {
        try expectRoundTrip(Command(id: .sample, action: action))
    }

    @Test(arguments: awkwardTexts)
    func `text keeps its bytes`(_ text: String) throws {
        let command = Command(id: .sample, action: .followUp(TicketNumber(1), body: text))
        guard case .followUp(_, let body) = try decoded(command).action else {
            Issue.record("another action came back")
            return
        }
        // Swift compares text by canonical equivalence; the store compares bytes.
        #expect(Array(body.utf8) == Array(text.utf8))
    }

    @Test func `20,000 random commands come back as they were`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let id = CommandID(high: generator.next(), low: generator.next())
            try expectRoundTrip(Command(id: id, action: .random(using: &generator)))
        }
    }

    @Test(arguments: Priority.allCases)
    func `every priority comes back`(_ priority: Priority) {
        #expect(Priority(priority.proto) == priority)
    }

    @Test(arguments: [ProtoPriority.unspecified, .UNRECOGNIZED(99), .UNRECOGNIZED(-1)])
    func `a priority that is unset or unknown is normal`(_ priority: ProtoPriority) {
        #expect(Priority(priority) == .normal)
    }

    @Test func `a lease is cut to what can be counted`() throws {
        var proto = ProtoCommand.with { $0.id = Data(CommandID.sample.bytes) }
        proto.claim = .with { ($0.ticket, $0.leaseMs) = (1, .max) }
        let most = Action.claim(TicketNumber(1), leaseMilliseconds: .max)
        #expect(try Command(proto).action == most)
        let negative = ProtoCommand(
            Command(id: .sample, action: .claim(TicketNumber(1), leaseMilliseconds: -1)))
        #expect(negative.claim.leaseMs == 0)
    }

    @Test(arguments: ErrorCode.allCases)
    func `a refusal of every code comes back with all it carries`(_ code: ErrorCode) throws {
        let plain = Refusal(code, "why")
        let full = Refusal(
            code, "why\r\nnot", holder: Holder(node: "berlin-1", incarnation: 0, agent: "ada"),
            token: Token(.max),
            entry: .max, retryAfterMilliseconds: Int64(UInt32.max))
        let nodeOnly = Refusal(code, "", holder: Holder(node: "berlin-1", incarnation: 0), token: Token(1))
        let now = Refusal(code, "at once", retryAfterMilliseconds: 0)
        for refusal in [plain, full, nodeOnly, now] {
            let bytes = ProtoError(refusal, command: .sample).encoded()
            let proto = try ProtoError(serializedBytes: bytes)
            #expect(Refusal(proto) == refusal)
            #expect(proto.word == code.word)
            #expect(CommandID(proto.commandID) == .sample)
        }
        #expect(ProtoError(plain).commandID.isEmpty)
    }

    @Test func `a refusal's time to wait is cut to what the wire can say`() {
        let long = Refusal(.deskFull, "later", retryAfterMilliseconds: .max)
        #expect(ProtoError(long).retryAfterMs == .max)
        let past = Refusal(.deskFull, "now", retryAfterMilliseconds: -5)
        #expect(ProtoError(past).retryAfterMs == 0)
    }

    @Test func `an error that this version does not know is a malformed frame and keeps its reason`() {
        let refusal = Refusal(
            ProtoError.with { ($0.code, $0.reason, $0.holderNode) = (999, "new", "no name!") })
        #expect(refusal == Refusal(.malformedFrame, "new"))
    }

    @Test(arguments: [0, 1, .max] as [UInt64])
    func `an answer comes back`(_ number: UInt64) throws {
        var answer = Answer(ticket: TicketNumber(number), token: Token(number), position: Position(number))
        if number > 0 { answer.expectedWaitMilliseconds = Int64(bitPattern: number - 1) }
        if number > 0 { answer.entry = UInt32(truncatingIfNeeded: number) }
        let bytes = ProtoAnswer(answer, command: .sample).encoded()
        let proto = try ProtoAnswer(serializedBytes: bytes)
        #expect(Answer(proto) == answer)
        #expect(CommandID(proto.commandID) == .sample)
    }

    @Test func `an id keeps its 16 bytes in order`() {
        #expect(CommandID.sample.bytes == Array(1...16))
        #expect(CommandID(1...16) == .sample)
        #expect(CommandID([UInt8](repeating: 0xff, count: 16)) == CommandID(high: .max, low: .max))
    }

    @Test func `every envelope comes back from its bytes as it was`() {
        for envelope in ProtoToBroker.samples {
            #expect(decodeToBroker(envelope.encoded()) == .success(envelope))
        }
        for envelope in ProtoFromBroker.samples {
            #expect(decodeFromBroker(envelope.encoded()) == .success(envelope))
        }
        for envelope in ProtoToCoordinator.samples {
            #expect(decodeToCoordinator(envelope.encoded()) == .success(envelope))
        }
    }

    private func expectRoundTrip(_ command: Command) throws {
        let back = try decoded(command)
        #expect(back == command)
        #expect(ProtoCommand(back).encoded() == ProtoCommand(command).encoded())
    }

    private func decoded(_ command: Command) throws -> Command {
        try Command(ProtoCommand(serializedBytes: ProtoCommand(command).encoded()))
    }
}
