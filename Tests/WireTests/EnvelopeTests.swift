import SwiftProtobuf
import Testing
import Tickets
import Wire

import struct Foundation.Data

@Suite struct EnvelopeTests {
    @Test(arguments: [0, 2, 3, 100, .max] as [UInt32])
    func `a version other than 1 is refused`(_ version: UInt32) {
        let toBroker = ProtoToBroker.with { ($0.version, $0.ping) = (version, ProtoPing()) }
        #expect(refusal(decodeToBroker(toBroker.encoded()))?.code == .unsupportedVersion)
        let fromBroker = ProtoFromBroker.with { $0.version = version }
        #expect(refusal(decodeFromBroker(fromBroker.encoded()))?.code == .unsupportedVersion)
        let toCoordinator = ProtoToCoordinator.with { $0.version = version }
        #expect(refusal(decodeToCoordinator(toCoordinator.encoded()))?.code == .unsupportedVersion)
    }

    @Test func `an empty frame is refused`() {
        #expect(refusal(decodeToBroker([]))?.code == .unsupportedVersion)
    }

    @Test func `unknown fields are dropped, in the envelope and in what it holds`() {
        // Field 1,000, two bytes "hi".
        let unknown: [UInt8] = [0xc2, 0x3e, 0x02, 0x68, 0x69]
        let command = ProtoCommand(Command(id: .sample, action: Action.samples[3])).encoded() + unknown
        let commands = delimited(field: 1, command)
        let frame = [0x08, 0x01] + delimited(field: 3, commands + unknown) + unknown
        let plain = ProtoToBroker.sample(
            .commands(
                .with { $0.commands = [ProtoCommand(Command(id: .sample, action: Action.samples[3]))] }))
        #expect(decodeToBroker(frame) == .success(plain))
        #expect((try? decodeToBroker(frame).get().encoded()) == plain.encoded())
    }

    @Test(arguments: (0...40).filter { $0 != 16 })
    func `an id that is not 16 bytes long is refused`(_ count: Int) {
        var proto = ProtoCommand(Command(id: .sample, action: Action.samples[3]))
        proto.id = Data(repeating: 7, count: count)
        #expect(refusal { () throws(Refusal) in try Command(proto) }?.code == .malformedFrame)
    }

    @Test func `a command without an action that is known is refused`() {
        let proto = ProtoCommand.with { $0.id = Data(CommandID.sample.bytes) }
        #expect(refusal { () throws(Refusal) in try Command(proto) }?.code == .malformedFrame)
    }

    @Test(arguments: [
        " ", "a b", "é", "e\u{301}", "a\n", "a\0", "a/b", "a:b", "line-one ", "🙂", "a\r\n",
        String(repeating: "a", count: 65),
    ])
    func `what is not a name is refused`(_ text: String) {
        let id = Data(CommandID.sample.bytes)
        let submit = ProtoCommand.with { ($0.id, $0.submit) = (id, .with { $0.channel = text }) }
        let escalate = ProtoCommand.with { ($0.id, $0.escalate) = (id, .with { $0.toLine = text }) }
        #expect(refusal { () throws(Refusal) in try Command(submit) }?.code == .invalidName)
        #expect(refusal { () throws(Refusal) in try Command(escalate) }?.code == .invalidName)
    }

    @Test func `a channel is needed, a line to escalate to is not`() throws {
        let id = Data(CommandID.sample.bytes)
        let submit = ProtoCommand.with { ($0.id, $0.submit) = (id, ProtoSubmit()) }
        #expect(refusal { () throws(Refusal) in try Command(submit) }?.code == .invalidName)
        let escalate = ProtoCommand.with { ($0.id, $0.escalate) = (id, ProtoEscalate()) }
        #expect(try Command(escalate).action == .escalate(TicketNumber(0), Token(0), to: nil, note: ""))
    }

    @Test(
        arguments: [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xcc], [0x80],
        ] as [[UInt8]])
    func `text that is not UTF-8 is refused, not mended`(_ text: [UInt8]) {
        let followUp = delimited(field: 2, text)
        let command = delimited(field: 1, CommandID.sample.bytes) + delimited(field: 3, followUp)
        let frame = [0x08, 0x01] + delimited(field: 3, delimited(field: 1, command))
        #expect(refusal(decodeToBroker(frame))?.code == .notUTF8)
    }

    @Test func `of two actions in one command the last counts`() throws {
        let first = ProtoCommand(Command(id: .sample, action: .followUp(TicketNumber(1), body: "first")))
        let second = ProtoCommand.with { $0.note = .with { ($0.ticket, $0.text) = (2, "second") } }
        let proto = try ProtoCommand(serializedBytes: first.encoded() + second.encoded())
        #expect(try Command(proto).action == .note(TicketNumber(2), nil, text: "second"))
    }

    @Test func `the largest submission that the limits allow fits in a frame`() {
        let limits = Limits()
        let line = String(repeating: "x", count: limits.lineBytesMax)
        let submission = Submission(
            channel: "mail", customer: line, subject: line,
            body: String(repeating: "x", count: limits.textBytesMax), kind: line,
            tags: Array(repeating: line, count: limits.tagsMax),
            fields: Array(repeating: Field(name: line, value: line), count: limits.tagsMax))
        let command = ProtoCommand(Command(id: .sample, action: .submit(submission)))
        let frame = ProtoToBroker.sample(.commands(.with { $0.commands = [command] })).encoded()
        #expect(frame.count < wireFrameBytesMax)
    }
}

/// A length-delimited field as bytes.
func delimited(field: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(UInt64(content.count)) + content
}

func varint(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}

private func refusal<Value>(_ result: Result<Value, Refusal>) -> Refusal? {
    if case .failure(let refusal) = result { refusal } else { nil }
}

private func refusal<Value>(_ body: () throws(Refusal) -> Value) -> Refusal? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
