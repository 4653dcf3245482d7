import Foundation
import Keys
import Rig
import SwiftProtobuf
import Testing
import Tickets
import Wire
import ZeroMQ

/// What somebody with a key can send: sections 3, 6 and 10 of the list of hostile inputs, by its numbers.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HostileFrameTests {
    /// A frame, and the word of the error that answers it; nil when it must be answered as what it is.
    private struct Row {
        var name: String
        var frame: [UInt8]
        var word: String?
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    private static let version: [UInt8] = [0x08, 0x01]
    private static let id = field(1, [UInt8](repeating: 1, count: 16))
    private static let submitBody: [UInt8] =
        ([(1, "web"), (2, "c"), (3, "s"), (4, "b")] as [(UInt64, String)]).flatMap {
            field($0, Array($1.utf8))
        }
    private static let submit = field(2, submitBody)

    private static func commands(_ commands: [UInt8]...) -> [UInt8] {
        version + field(3, commands.flatMap { field(1, $0) })
    }

    /// Of a command that is otherwise right, so that nothing but what the row says can be why it is refused.
    private static func submission(_ change: (inout ProtoSubmit) -> Void) -> [UInt8] {
        var submit = ProtoSubmit.with {
            ($0.channel, $0.customer, $0.subject, $0.body) = ("web", "c", "s", "b")
        }
        change(&submit)
        let command = RawPeer.command(.submit(submit))
        return ProtoToBroker.with {
            ($0.version, $0.commands) = (wireVersion, .with { $0.commands = [command] })
        }
        .encoded()
    }

    private static let rows: [Row] = [
        Row(name: "29 nothing", frame: [], word: "unsupported-version"),
        Row(
            name: "30 a varint of 11 bytes", frame: [0x08] + [UInt8](repeating: 0x80, count: 10) + [1],
            word: "malformed-frame"),
        Row(name: "30 field 0", frame: version + [0x02, 0x00], word: "malformed-frame"),
        Row(name: "30 field 2^29", frame: version + varint(1 << 32 | 2) + [0], word: "malformed-frame"),
        Row(
            name: "30 a negative enum",
            frame: commands(id + field(2, submitBody + [0x30] + varint(.max))), word: nil),
        Row(
            name: "33 a oneof twice, of which the last counts", frame: version + field(7, []) + field(4, []),
            word: "pong"),
        Row(name: "33 two actions", frame: commands(id + field(3, []) + submit), word: nil),
        Row(name: "36 NUL in a name", frame: submission { $0.channel = "we\0b" }, word: "invalid-name"),
        Row(name: "36 NUL in a text", frame: submission { $0.body = "a\0b" }, word: nil),
        Row(
            name: "37 an unknown field with a second command",
            frame: commands(id + submit) + field(15, commands(id + submit)), word: nil),
        Row(name: "38 version 0", frame: [0x08, 0x00] + field(4, []), word: "unsupported-version"),
        Row(
            name: "38 version 2^32 - 1", frame: [0x08] + varint(0xffff_ffff) + field(4, []),
            word: "unsupported-version"),
        Row(name: "no body", frame: version, word: "malformed-frame"),
        Row(name: "a command without an action", frame: commands(id), word: "malformed-frame"),
        Row(
            name: "an id of 15 bytes", frame: commands(field(1, [UInt8](repeating: 1, count: 15)) + submit),
            word: "malformed-frame"),
        Row(name: "not UTF-8", frame: commands(id + field(2, field(1, [0xff]))), word: "not-utf8"),
        Row(
            name: "40 a ticket that is none", frame: commands(id + field(9, [0x08, 0x00, 0x10, 0x00])),
            word: "unknown-ticket"),
        Row(
            name: "40 a token that was guessed", frame: commands(id + field(9, [0x08, 0x01, 0x10, 0x63])),
            word: "stale-token"),
        Row(
            name: "121 quotes and wildcards",
            frame: submission { $0.customer = "'; DROP TABLE ticket; -- %_" }, word: nil),
    ]

    @Test func `each frame that makes no sense is answered with its error, and the loop goes on`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            try running.submitOne()
            let peer = try RawPeer(running.desk, "agent")
            try peer.hello()
            for (index, row) in Self.rows.enumerated() {
                // Each with ids of its own, so that no row is another's repetition.
                var frame = row.frame
                if let range = frame.firstRange(of: [UInt8](repeating: 1, count: 16)) {
                    frame.replaceSubrange(range, with: [UInt8](repeating: UInt8(100 + index), count: 16))
                }
                try peer.send(frame)
                switch try peer.next() {
                case .error(let error): #expect(error.word == row.word, "\(row.name): \(error)")
                case .pong: #expect(row.word == "pong", "\(row.name)")
                case .answer: #expect(row.word == nil, "\(row.name)")
                case let other: Issue.record("\(row.name): \(other)")
                }
                #expect(try peer.isServed(), "\(row.name)")
            }
            // 37: only the command that was in its place was done.
            let answers = Self.rows.count { $0.word == nil }
            #expect(try running.totals()["submitted"] as? Int == 1 + answers)
            // 121: what looks like SQL is data, in questions too.
            let found = try running.run(
                "ticket", "list", "--customer", "'; DROP TABLE ticket; -- %_", "--json")
            #expect(try (found.json()["tickets"] as? [Any])?.count == 1, "\(found.output)\(found.errors)")
            let none = try running.run("ticket", "list", "--customer", "%", "--json")
            #expect(try (none.json()["tickets"] as? [Any])?.isEmpty == true, "\(none.output)\(none.errors)")
            try running.expectClean()
        }
    }

    @Test(arguments: [2, 3, 1_000])
    func `29: a message of several parts is dropped whole`(_ count: Int) throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            let peer = try RawPeer(running.desk, "client")
            try peer.hello()
            let frame = Self.commands(Self.id + Self.submit)
            try peer.send(parts: (0..<count).map { _ in frame })
            #expect(try peer.isServed())
            #expect(try running.totals()["submitted"] as? Int == 0)
        }
    }

    /// libzmq hands out a message when it has all its parts, and keeps them until then.
    @Test func `29: parts that fill memory end the connection, and nobody else notices`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            let broker = try running.broker()
            let peer = try RawPeer(running.desk, "client")
            try peer.hello()
            try peer.send(parts: [[UInt8]](repeating: [UInt8](repeating: 7, count: 1_000_000), count: 600))
            try running.wait("the connection is ended") {
                try running.run("audit", "--deed", "connection-cut").output.contains("client:client")
            }
            #expect(try running.submitOne().exitCode == 0)
            // 600 MB were on their way.
            let peak = try peakMebibytes(of: broker)
            #expect(peak < 300, "\(peak) MiB")
            // It may come back, and behave.
            #expect(try peer.hello() == nil)
            #expect(try peer.isServed())
        }
    }

    @Test func `answers that nobody reads end the connection, and nobody else notices`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            let broker = try running.broker()
            let long = String(repeating: "x", count: 1_000)
            let lines = (0..<200).map {
                #"{"channel":"web","customer":"\#(long)","subject":"\#(long)","body":"b\#($0)"}"#
            }
            #expect(
                try running.run("submit", "--jsonl", "-", input: lines.joined(separator: "\n")).exitCode == 0)
            let peer = try RawPeer(running.desk, running.desk.keys.load("agent"), receives: 1)
            try peer.hello(agent: "olga")
            // 600 times 400 KB.
            for id in 1...600 as ClosedRange<UInt64> {
                try peer.send(.query(.with { ($0.id, $0.tickets) = (id, .with { $0.limit = 1_000 }) }))
            }
            try running.wait("the connection is ended") {
                try running.run("audit", "--deed", "connection-cut").output.contains("agent:agent")
            }
            #expect(try running.submitOne().exitCode == 0)
            let peak = try peakMebibytes(of: broker)
            #expect(peak < 300, "\(peak) MiB")
        }
    }

    private func peakMebibytes(of process: ChildProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
        let kibibytes = status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }
        return try #require(kibibytes) >> 10
    }

    @Test func `27 and 28: no prefix and no flipped bit of a good frame ends the broker`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            try running.submitOne()
            let peer = try RawPeer(running.desk, "client")
            try peer.hello()
            let frame = Self.submission {
                ($0.kind, $0.priority, $0.tags) = ("refund", .high, ["vip"])
            }
            for count in frame.indices { try peer.send(Array(frame[..<count])) }
            for bit in 0..<frame.count * 8 {
                var damaged = frame
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                try peer.send(damaged)
            }
            // It is not read meanwhile: what a peer does not read must not stop the broker either.
            #expect(try running.submitOne().exitCode == 0)
            try running.expectClean()
        }
    }

    @Test func `34: frames full of empty messages are refused before they are read`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            let broker = try running.broker()
            let peer = try RawPeer(running.desk, "agent")
            try peer.hello()
            let empties = [UInt8](repeating: 0, count: 500_000).flatMap { _ in [0x0a, 0x00] as [UInt8] }
            for number in [3, 4] as [UInt64] {
                for _ in 0..<10 { try peer.send(Self.version + Self.field(number, empties)) }
            }
            for _ in 0..<20 { #expect(try peer.nextWord() == "too-many-values") }
            #expect(try running.submitOne().exitCode == 0)
            // 20 MiB were sent, each of whose messages would be some hundred bytes as a value.
            let peak = try peakMebibytes(of: broker)
            #expect(peak < 256, "\(peak) MiB")
        }
    }

    @Test func `34: what takes long to read counts, whether or not it can be read`() throws {
        // 60,000 fields in 120 KiB, that are a ping, and that are nothing.
        let fields = [UInt8](repeating: 0, count: 60_000).flatMap { _ in Self.version }
        for frame in [fields + Self.field(4, []), fields + Self.field(2, Self.field(1, [0xff]))] {
            try withDesk { running in
                running.desk.heartbeatMilliseconds = 60_000
                running.desk.brokerArguments = ["--commands-per-second", "1000"]
                try running.broker()
                let peer = try RawPeer(running.desk, "client")
                try peer.hello()
                try peer.send(frame)
                _ = try peer.next()
                try peer.send(.submission())
                #expect(try peer.nextWord() == "slow-down")
            }
        }
    }

    @Test func `21: one key from two places is two sessions, and a node's name belongs to the newer run`()
        throws
    {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            let (first, second) = (try RawPeer(running.desk, "node"), try RawPeer(running.desk, "node"))
            #expect(try first.hello(node: "n1", incarnation: 1) == nil)
            #expect(try second.hello(node: "n1", incarnation: 2) == nil)
            #expect(try first.nextWord() == "superseded")
            #expect(try first.hello(node: "n1", incarnation: 1) == "superseded")
            #expect(try second.isServed())
        }
    }

    @Test func `89 and 90: text of others makes no line of its own in logs, and moves no cursor`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            let evil = "x\r\n{\"at\":\"now\",\"deed\":\"key-added\"}\u{1b}[2J\u{1b}]0;owned\u{7}"
            let peer = try RawPeer(running.desk, "node")
            try peer.send(
                .hello(
                    .with { hello in
                        hello.software = evil
                        hello.node = .with {
                            ($0.name, $0.incarnation, $0.line, $0.seats, $0.shift) = (
                                "n1", 1, "line-one", 1, evil
                            )
                        }
                    }))
            _ = try peer.next()
            #expect(
                try running.run(
                    "submit", "--channel", "web", "--customer", evil, "--subject", evil, "--body", evil
                )
                .exitCode == 0)
            for arguments in [
                ["nodes"], ["ticket", "list"], ["ticket", "show", "1"], ["ticket", "history", "1"], ["audit"],
            ] {
                let outcome = try running.desk.run(arguments)
                #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
                #expect(!outcome.output.contains("\u{1b}"), "\(arguments)")
            }
            #expect(try !running.desk.log(of: "broker").contains("\u{1b}"))
            let audit = try running.run("audit", "--json", "--last", "1000").json()
            #expect(audit["unreadable"] as? Int == 0)
            #expect(try !running.run("audit", "--deed", "key-added").output.contains("key-added"))
        }
    }

    @Test func `91: a note reaches no key that may not read it, in no way`() throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try running.broker()
            try running.submitOne()
            let canary = "CANARY-7f3a"
            #expect(try running.run("ticket", "note", "1", canary, "--as", "olga").exitCode == 0)
            for name in ["client", "coordinator"] as [Name] {
                let peer = try RawPeer(running.desk, name)
                try peer.hello()
                for question in [
                    .ticket(.with { $0.number = 1 }), .tickets(ProtoTicketsQuery()),
                    .history(.with { $0.number = 1 }),
                ] as [ProtoQuery.OneOf_Question] {
                    try peer.send(.query(.with { ($0.id, $0.question) = (1, question) }))
                    let answer = "\(try peer.next())"
                    #expect(!answer.contains(canary))
                }
            }
            // The customer writes on: the channel is told nothing but that it was taken.
            let channel = try RawPeer(running.desk, "client")
            try channel.hello()
            try channel.send(.followUp(.with { ($0.ticket, $0.body) = (1, "And?") }))
            let answer = "\(try channel.next())"
            #expect(!answer.contains(canary))
            #expect(try !running.desk.log(of: "broker").contains(canary))
            #expect(try !running.run("audit").output.contains(canary))
            #expect(try !running.run("stats", "--json").output.contains(canary))
            #expect(try running.run("ticket", "show", "1").output.contains(canary))
        }
    }

    @Test func `10,000 hostile frames and a desk that works all the while`() throws {
        let program = try TestDesk.programBeside()
        let fuzz = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "fuzz").path
        let outcome = try Outcome.of(
            fuzz, ["sockets", "--frames", "10000", "--seed", "1", "--switchboard", program, "--json"])
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        #expect(try outcome.json()["frames"] as? Int == 10_000)
    }
}
