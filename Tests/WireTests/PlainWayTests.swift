import ProtoBytes
import SwiftProtobuf
import Testing
import Tickets
import Wire

/// What is read and written in place is what the generated code reads and writes.
struct PlainWayTests {
    static let actions: [Action] = [
        .submit(
            Submission(
                channel: "web", customer: "ann@example.com", subject: "Größe?", body: "first\nsecond",
                kind: "", priority: .urgent, tags: ["a", "", "b"],
                fields: [Field(name: "order", value: ""), Field(name: "", value: "7")])),
        .submit(
            Submission(channel: "web", customer: "", subject: "", body: String(repeating: "ü", count: 9_000))),
        .followUp(TicketNumber(3), body: "more"),
        .claim(TicketNumber(.max), leaseMilliseconds: 60_000), .claim(TicketNumber(1), leaseMilliseconds: 0),
        .note(TicketNumber(4), nil, text: "n"), .note(TicketNumber(4), Token(2), text: ""),
        .reply(TicketNumber(5), Token(1), seen: 0, text: "r"),
        .escalate(TicketNumber(6), Token(1), to: "line-two", note: "look"),
        .escalate(TicketNumber(6), Token(1), to: nil, note: ""),
        .handBack(TicketNumber(7), Token(3), note: "done"),
        .resolve(TicketNumber(8), Token(1), seen: 1, text: "ok"),
        .resolve(TicketNumber(8), Token(1), seen: .max, text: nil),
        .resolve(TicketNumber(0), Token(0), seen: 0, text: ""),
        .pend(TicketNumber(9), Token(1), onHold: true, until: Moment(milliseconds: 0), reason: ""),
        .pend(TicketNumber(9), Token(1), onHold: false, until: nil, reason: "waits"),
        .release(TicketNumber(10), Token(1), reason: "r", failed: true),
        .decline(TicketNumber(11), Token(1), reason: "not mine"),
    ]

    static let commands = actions.enumerated().map { index, action in
        Command(id: CommandID(high: UInt64(index) << 56, low: UInt64(index)), action: action)
    }

    @Test(arguments: commands)
    func `a command is written as the generated code writes it`(command: Command) {
        let frame = FrameToBroker.commands([command])
        #expect(frame.encoded() == frame.proto.encoded())
    }

    @Test func `a frame of many commands is read back`() throws {
        let frame = FrameToBroker.commands(Self.commands)
        #expect(frame.encoded() == frame.proto.encoded())
        #expect(try decoded(frame.encoded()).proto == frame.proto)
    }

    @Test(arguments: commands)
    func `what is read in place is what was written`(command: Command) throws {
        let frame = try decoded(FrameToBroker.commands([command]).encoded())
        switch (frame, command.action) {
        case (.commands(let commands), _): #expect(commands == [command])
        case (.other(let envelope), .followUp), (.other(let envelope), .reply), (.other(let envelope), .pend),
            (.other(let envelope), .release), (.other(let envelope), .decline),
            (.other(let envelope), .amend), (.other(let envelope), .takeOver), (.other(let envelope), .merge):
            #expect(envelope == FrameToBroker.commands([command]).proto)
        case (.other, let action): Issue.record("\(action) was left to the generated code")
        }
    }

    /// Every byte of frames is changed, dropped and doubled: both ways read the same, or both refuse.
    @Test func `damaged frames are read alike in both ways`() {
        var random = SystemRandomNumberGenerator()
        var readInPlace = 0
        for command in Self.commands where command.bytesBelow(400) {
            let bytes = FrameToBroker.commands([command, command]).encoded()
            for place in bytes.indices {
                for change in 0..<4 {
                    var damaged = bytes
                    switch change {
                    case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 1: damaged.remove(at: place)
                    case 2: damaged.insert(damaged[place], at: place)
                    default: damaged[place] = .random(in: 0...255, using: &random)
                    }
                    if compare(damaged) { readInPlace += 1 }
                }
            }
        }
        #expect(readInPlace > 300)
    }

    static let pings = [
        ProtoPing(),
        .with {
            $0.held = [.with { ($0.ticket, $0.token) = (1, 2) }, .with { $0.ticket = .max }, ProtoHeld()]
        },
    ].map { ping in ProtoToBroker.with { ($0.version, $0.ping) = (wireVersion, ping) } }

    @Test(arguments: pings)
    func `a ping is read as the generated code reads it, damaged or not`(ping: ProtoToBroker) throws {
        let bytes = ping.encoded()
        #expect(try decoded(bytes).proto == ping)
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                _ = compare(damaged)
            }
            var (shorter, longer) = (bytes, bytes)
            shorter.remove(at: place)
            longer.insert(bytes[place], at: place)
            _ = compare(shorter)
            _ = compare(longer)
        }
    }

    @Test func `a pong is written as the generated code writes it`() {
        var mine = ProtoWriter()
        var generated = ProtoWriter()
        mine.pongItem()
        generated.item(.with { $0.pong = ProtoPong() })
        #expect(mine.bytes == generated.bytes)
    }

    @Test func `answers and grants are read as the generated code reads them`() throws {
        let id = CommandID(high: 1, low: 2)
        var answer = Answer(ticket: TicketNumber(300), token: Token(4), position: Position(1 << 40))
        answer.expectedWaitMilliseconds = 0
        (answer.told, answer.entry) = (4, 3)
        let grant = ProtoGrant.with { grant in
            grant.ticket = .with { ($0.number, $0.lastMessage, $0.subject) = (77, 3, "s") }
            (grant.token, grant.leaseMs) = (5, 1_000)
            grant.entries = [.with { $0.text = "hello" }]
        }
        let pong = ProtoItem.with { $0.pong = ProtoPong() }
        let proto = ProtoFromBroker.with { frame in
            frame.version = wireVersion
            frame.items = [
                .with { $0.answer = ProtoAnswer(answer, command: id) }, .with { $0.grant = grant }, pong,
            ]
        }
        var writer = ProtoWriter()
        writer.beginFrameFromBroker()
        writer.item(answer, of: id)
        writer.item(.with { $0.grant = grant })
        writer.item(pong)
        #expect(writer.bytes == proto.encoded())
        let items = try writer.bytes.withUnsafeBytes { try FrameFromBroker.decode($0).get() }.items
        guard case .answer(id, answer) = items[0], case .grant(let read) = items[1],
            case .other(pong) = items[2]
        else {
            Issue.record("read as \(items)")
            return
        }
        #expect(read == GrantMessage(grant))
        #expect(try read.withBytes { Array($0) } == grant.encoded())
        #expect(read.ticket == TicketNumber(77) && read.token == Token(5) && read.lastMessage == 3)
    }

    private func decoded(_ bytes: [UInt8]) throws -> FrameToBroker {
        try bytes.withUnsafeBytes { try FrameToBroker.decode($0).get() }
    }

    /// - Returns: Whether the bytes were read in place.
    private func compare(_ bytes: [UInt8]) -> Bool {
        let mine = bytes.withUnsafeBytes { FrameToBroker.decode($0) }
        let generated = bytes.withUnsafeBytes { ProtoToBroker.decode($0) }
        switch (mine, generated) {
        case (.success(.commands(let commands)), .success(let envelope)):
            do throws(Refusal) {
                var theirs: [Command] = []
                for proto in envelope.commands.commands { theirs.append(try Command(proto)) }
                #expect(theirs == commands)
            } catch {
                Issue.record("read in place, but \(error)")
            }
            return true
        case (.success(.other(let envelope)), .success(let theirs)): #expect(envelope == theirs)
        case (.failure(let mine), .failure(let theirs)): #expect(mine.code == theirs.code)
        case (.success, .failure), (.failure, .success): Issue.record("\(mine) but \(generated)")
        }
        return false
    }
}

extension Command {
    fileprivate func bytesBelow(_ count: Int) -> Bool {
        FrameToBroker.commands([self]).encoded().count < count
    }
}
