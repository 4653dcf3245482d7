import Foundation
import Keys
import Rig
import SwiftProtobuf
import Testing
import Tickets
import Wire
import ZeroMQ

/// Who gets in, for whom they may speak, and how that ends.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct LocksTests {
    @Test func `a peer acts only under the names of its key, whatever its frames claim`() throws {
        try withPatientDesk { running in
            let keys = running.desk.keys
            let berlin = try keys.add(role: .node, name: "berlin", scope: try #require(NameScope("berlin-*")))
            let olga = try keys.add(role: .agent, name: "olga")
            try running.broker()
            let node = try RawPeer(running.desk, berlin)
            #expect(try node.hello(node: "munich-1") == "not-authorised")
            #expect(try node.hello(node: "line-one-a") == "not-authorised")
            #expect(try !node.isServed())
            #expect(try node.hello(node: "berlin-1") == nil)
            #expect(try node.isServed())
            #expect(try node.hello(agent: "olga", node: "berlin-1") == "not-authorised")
            let person = try RawPeer(running.desk, olga)
            #expect(try person.hello(agent: "otto") == "not-authorised")
            #expect(try person.hello(agent: "olga") == nil)
            // The keys that every process of a machine shares speak for all of it.
            #expect(try RawPeer(running.desk, "node").hello(node: "munich-1") == nil)
            try running.run("audit").expect("session-refused", "munich-1", "session-opened", "berlin-1")
        }
    }

    @Test func `each role may do over the wire what the table says and nothing else`() throws {
        let questions: [ProtoQuery.OneOf_Question] = [
            .ticket(.with { $0.number = 1 }), .tickets(ProtoTicketsQuery()),
            .history(.with { $0.number = 1 }),
            .stats(ProtoStatsQuery()), .nodes(ProtoNodesQuery()), .figures(ProtoFiguresQuery()),
        ]
        let intake: [ProtoCommand.OneOf_Action] = [
            .submission(), .followUp(.with { ($0.ticket, $0.body) = (1, "b") }),
        ]
        let people: [ProtoCommand.OneOf_Action] = [
            .claim(.with { $0.ticket = 1 }), .note(.with { ($0.ticket, $0.text) = (1, "n") }),
        ]
        let work: [ProtoCommand.OneOf_Action] = [
            .note(.with { ($0.ticket, $0.token, $0.text) = (1, 9, "n") }),
            .reply(.with { ($0.ticket, $0.token, $0.text) = (1, 9, "r") }),
            .escalate(.with { ($0.ticket, $0.token) = (1, 9) }),
            .handBack(.with { ($0.ticket, $0.token) = (1, 9) }),
            .resolve(.with { ($0.ticket, $0.token) = (1, 9) }),
            .pend(.with { ($0.ticket, $0.token) = (1, 9) }),
            .release(.with { ($0.ticket, $0.token) = (1, 9) }),
            .decline(.with { ($0.ticket, $0.token) = (1, 9) }),
        ]
        try withPatientDesk { running in
            try running.broker()
            try running.submitOne()
            for (name, mayIntake, mayPeople, mayWork, mayRead, mayFigures) in [
                ("client", true, false, false, false, false), ("node", false, false, true, false, false),
                ("agent", true, true, true, true, true), ("admin", true, true, true, true, true),
                ("coordinator", false, false, false, false, true),
            ] as [(Name, Bool, Bool, Bool, Bool, Bool)] {
                let peer = try RawPeer(running.desk, name)
                try peer.hello()
                func check(_ may: Bool, _ what: String) throws {
                    let word = try peer.nextWord()
                    #expect((word == "not-authorised") == !may, "\(name), \(what): \(word)")
                }
                for action in intake {
                    try peer.send(action)
                    try check(mayIntake, "\(action)")
                }
                for action in people {
                    try peer.send(action)
                    try check(mayPeople, "\(action)")
                }
                for action in work {
                    try peer.send(action)
                    try check(mayWork, "\(action)")
                }
                for (index, question) in questions.enumerated() {
                    try peer.send(.query(.with { ($0.id, $0.question) = (7, question) }))
                    try check(index < 3 ? mayRead : mayFigures, "\(question)")
                }
                #expect((try peer.hello(node: "n-\(name)") == nil) == (name == "node"), "\(name) as a node")
            }
            // The broker's own key has no business at its own door.
            let broker = try running.desk.keys.load("broker")
            let itself = KeyFile(
                role: .desk, name: "broker", keys: broker.keys, broker: broker.keys.publicKey)
            #expect(try RawPeer(running.desk, itself).hello() == "not-authorised")
            try running.expectClean()
        }
    }

    @Test func `a key that is revoked has no effect soon after, on connections that exist too`() throws {
        try withPatientDesk { running in
            let key = try running.desk.keys.add(role: .agent, name: "olga")
            try running.broker()
            try running.submitOne()
            let olga = try RawPeer(running.desk, key)
            #expect(try olga.hello(agent: "olga") == nil)
            try olga.send(.claim(.with { ($0.ticket, $0.leaseMs) = (1, 60_000) }))
            guard case .answer = try olga.next() else {
                Issue.record("not claimed")
                return
            }
            #expect(try running.run("keys", "revoke", "olga").exitCode == 0)
            // It is told, without asking.
            #expect(try olga.nextWord() == "not-authorised")
            try olga.send(.resolve(.with { ($0.ticket, $0.token, $0.seen) = (1, 1, 1) }))
            #expect(try olga.nextWord() == "unknown-session")
            #expect(try olga.hello(agent: "olga") == "not-authorised")
            // Nor does a new connection get in, or the old one live on under a new key of that name.
            let again = try running.desk.keys.add(role: .agent, name: "olga")
            try running.wait("the new key opens") { try verdict(running.desk, again) == nil }
            let next = try RawPeer(running.desk, again)
            #expect(try next.hello(agent: "olga") == nil)
            #expect(try olga.hello(agent: "olga") == "not-authorised")
            #expect(try verdict(running.desk, key) == .refused(status: 400))
            try running.run("audit").expect("key-revoked", "session-ended", "connection-refused")
        }
    }

    @Test func `a node whose key is revoked is no longer there, and its tickets go to others`() throws {
        try withPatientDesk { running in
            running.desk.leaseMilliseconds = 600_000
            let key = try running.desk.keys.add(role: .node, name: "lost")
            try running.broker()
            let lost = try RawPeer(running.desk, key)
            #expect(try lost.hello(node: "lost") == nil)
            try running.submitOne()
            guard case .grant = try lost.next() else {
                Issue.record("not granted")
                return
            }
            #expect(try running.run("keys", "revoke", "lost").exitCode == 0)
            try running.node("n1", line: "line-one", ["--service-ms", "1", "--escalation-share", "0"])
            // Long before the lease would have ended.
            try running.wait("another node solves it") {
                try running.totals()["solved"] as? Int == 1
            }
            try running.expectClean()
        }
    }

    @Test func `a key is replaced without a restart: both open, then only the new one`() throws {
        try withPatientDesk { running in
            let old = try running.desk.keys.load("client")
            try running.broker()
            let before = try RawPeer(running.desk, old)
            #expect(try before.hello() == nil)
            #expect(try running.run("keys", "rotate", "client").exitCode == 0)
            let new = try running.desk.keys.load("client")
            #expect(new.keys != old.keys)
            // The registry looks once a second, and libzmq does not try again after a refusal.
            try running.wait("the new key opens") { try verdict(running.desk, new) == nil }
            let after = try RawPeer(running.desk, new)
            #expect(try after.hello() == nil)
            #expect(try before.isServed())
            #expect(try running.run("keys", "retire", "client").exitCode == 0)
            #expect(try before.nextWord() == "not-authorised")
            #expect(try after.isServed())
            #expect(try verdict(running.desk, old) == .refused(status: 400))
        }
    }

    @Test func `the servers' own keys are replaced, and whoever was connected comes back by itself`() throws {
        try withPatientDesk { running in
            running.desk.heartbeatMilliseconds = 300
            let before = try running.desk.keys.load("client")
            let broker = try running.broker()
            let coordinator = try running.coordinator()
            try running.node("n1", line: "line-one", ["--service-ms", "1", "--escalation-share", "0"])
            try running.submitOne()
            try running.wait("the node solves it") { try running.totals()["solved"] as? Int == 1 }
            for server in ["broker", "coordinator"] {
                try running.run("keys", "rotate", server).expect("next key")
            }
            // Nothing has changed yet for anybody, old file or new.
            #expect(try verdict(running.desk, before) == nil)
            #expect(try running.submitOne().exitCode == 0)
            for server in ["broker", "coordinator"] {
                try running.run("keys", "retire", server).expect("restart it")
            }
            #expect(broker.terminate() == 0)
            #expect(coordinator.terminate() == 0)
            try running.broker()
            try running.coordinator()
            // The node read its key file before any of that, and still runs.
            #expect(try running.submitOne().exitCode == 0)
            try running.wait("the node solves all") { try running.totals()["solved"] as? Int == 3 }
            try running.wait("the coordinator answers, and hears of the node") {
                let figures = try running.run("stats", "--json")
                return figures.output.contains("\"n1\"") && !figures.errors.contains("no coordinator")
            }
            // Who was not told stays outside.
            #expect(try verdict(running.desk, before) != nil)
            try running.run("audit").expect("key-rotated", "key-retired")
            let path = "\(running.desk.folder)/audit.jsonl"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacingOccurrences(of: "key-rotated", with: "key-allowed").write(
                toFile: path, atomically: false, encoding: .utf8)
            let audit = try running.run("audit")
            #expect(audit.exitCode == 1 && audit.errors.contains("audit.jsonl, line"), "\(audit.errors)")
            try running.expectClean()
        }
    }

    @Test func `sessions under a name that a key may no longer use are ended`() throws {
        try withPatientDesk { running in
            try running.broker()
            let node = try RawPeer(running.desk, "node")
            #expect(try node.hello(node: "munich-1") == nil)
            let outcome = try running.run("keys", "allow", "node", "berlin-*")
            #expect(outcome.output.contains("berlin-*"), "\(outcome.errors)")
            #expect(try node.nextWord() == "not-authorised")
            #expect(try node.hello(node: "berlin-1") == nil)
        }
    }

    @Test func `a list of keys that others may write is not taken, and somebody hears of it`() throws {
        try withPatientDesk { running in
            try running.broker()
            let client = try RawPeer(running.desk, "client")
            #expect(try client.hello() == nil)
            try Data("nonsense\n".utf8).write(to: URL(fileURLWithPath: running.desk.keys.authorizedPath))
            try running.wait("the broker says so") {
                try running.run("audit", "--deed", "keys-unreadable").output.contains("authorized, line 1")
            }
            #expect(try client.isServed())
        }
    }

    @Test func `a key that asks for more than its share is told when to come back, others go on`() throws {
        try withPatientDesk { running in
            running.desk.brokerArguments = ["--commands-per-second", "200"]
            try running.broker()
            let greedy = try RawPeer(running.desk, "agent")
            try greedy.hello()
            let commands = (0..<1_000).map { _ in RawPeer.command(.submission()) }
            for start in stride(from: 0, to: 1_000, by: 100) {
                try greedy.send(.commands(.with { $0.commands = Array(commands[start..<start + 100]) }))
            }
            var (answered, slowed) = (0, 0)
            for _ in 0..<1_000 {
                switch try greedy.next() {
                case .answer: answered += 1
                case .error(let error):
                    #expect(error.word == "slow-down")
                    #expect(error.retryAfterMs > 0)
                    slowed += 1
                default: Issue.record("neither an answer nor an error")
                }
            }
            #expect(answered >= 200 && slowed > 0, "\(answered) answered, \(slowed) refused")
            #expect(try running.submitOne().exitCode == 0)
            // What makes no sense counts too, and beyond the share gets no answer.
            for _ in 0..<2_000 { try greedy.send([0xff]) }
            #expect(try running.submitOne().exitCode == 0)
            try running.run("audit").expect("slowed-down", "agent:agent")
            // A client of ours waits and gets everything done.
            let lines = (0..<600).map { #"{"channel":"web","customer":"c","subject":"s","body":"b\#($0)"}"# }
            let outcome = try running.run(
                "submit", "--jsonl", "-", "--json", input: lines.joined(separator: "\n"))
            #expect(try outcome.json()["accepted"] as? Int == 600, "\(outcome.errors)")
        }
    }

    @Test func `a key has no more sessions than it may`() throws {
        try withPatientDesk { running in
            running.desk.brokerArguments = ["--sessions-per-key", "3"]
            try running.broker()
            let peers = try (0..<4).map { _ in try RawPeer(running.desk, "client") }
            for peer in peers.prefix(3) { #expect(try peer.hello() == nil) }
            #expect(try peers[3].hello() == "too-many-sessions")
            // One that says hello again is not one more, and another key has its own.
            #expect(try peers[0].hello() == nil)
            #expect(try RawPeer(running.desk, "agent").hello() == nil)
            try peers[1].send(.goodbye(ProtoGoodbye()))
            try running.wait("there is room again") { try peers[3].hello() == nil }
        }
    }

    @Test func `no secret is in arguments, environment, logs or files that are not keys`() throws {
        try withPatientDesk { running in
            let broker = try running.broker()
            let coordinator = try running.coordinator()
            let node = try running.node("n1", line: "line-one", ["--service-ms", "1"])
            try running.submitOne()
            _ = try RawPeer(running.desk, "node").hello(node: "n1")
            let names: [Name] = ["broker", "coordinator", "admin", "agent", "client", "node"]
            let secrets = try names.map { try running.desk.keys.load($0).keys.secretKey.text }
            for process in [broker, coordinator, node] {
                for file in ["cmdline", "environ"] {
                    let content = try Data(
                        contentsOf: URL(fileURLWithPath: "/proc/\(process.pid)/\(file)"))
                    for secret in secrets { #expect(content.range(of: Data(secret.utf8)) == nil, "\(file)") }
                }
            }
            var looked = 0
            let files = FileManager.default.enumerator(atPath: running.desk.folder)
            while let file = files?.nextObject() as? String {
                let path = "\(running.desk.folder)/\(file)"
                guard !file.hasSuffix(".key"), let content = FileManager.default.contents(atPath: path) else {
                    continue
                }
                looked += 1
                for secret in secrets { #expect(content.range(of: Data(secret.utf8)) == nil, "\(file)") }
            }
            #expect(looked > 5)
            #expect(FileManager.default.contents(atPath: "\(running.desk.folder)/audit.jsonl") != nil)
            let mode = try FileManager.default.attributesOfItem(
                atPath: "\(running.desk.folder)/audit.jsonl")[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    /// Nobody's session ends because a test took its time.
    private func withPatientDesk(_ body: (RunningDesk) throws -> Void) throws {
        try withDesk { running in
            running.desk.heartbeatMilliseconds = 60_000
            try body(running)
        }
    }

    /// How the handshake with a key ends, nil when it succeeds.
    private func verdict(_ desk: TestDesk, _ key: KeyFile) throws -> HandshakeFailure? {
        let server = try #require(key.broker)
        let dealer = try Socket(
            .dealer, options: SocketOptions(security: .client(server: server, keys: key.keys)))
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(desk.brokerEndpoint)
        var poller = Poller([monitor.pollItem])
        while true {
            switch try monitor.next() {
            case .handshakeSucceeded: return nil
            case .handshakeFailed(let failure): return failure
            case .connected, .disconnected, .other: continue
            case nil:
                guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else {
                    throw RigError("no handshake within 20 s")
                }
            }
        }
    }
}

extension Outcome {
    /// It went well and says all of these.
    func expect(_ words: String..., at location: SourceLocation = #_sourceLocation) {
        #expect(exitCode == 0, "\(errors)", sourceLocation: location)
        for word in words { #expect(output.contains(word), "\(output)", sourceLocation: location) }
    }
}
