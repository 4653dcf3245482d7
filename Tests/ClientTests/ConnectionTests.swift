import Client
import Keys
import Synchronization
import Testing
import Tickets
import Wire
import ZeroMQ

/// Real sockets and CURVE against a stand-in broker.
///
/// Each in a process of its own, because a process has one ZAP handler and other suites want it too.
@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test func `a command is carried out and answered`() async {
        await #expect(processExitsWith: .success) {
            try withBroker(obliging) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key, agent: "ann")
                let answer = try connection.perform(Command.sample(7).action, id: CommandID(high: 0, low: 7))
                #expect(answer == Answer(ticket: TicketNumber(7), token: Token(0), position: Position(7)))
                #expect(try connection.query(.nodes(ProtoNodesQuery())).id == 1)
                connection.close()
            }
        }
    }

    @Test func `a stream of commands is pipelined, and its results are in order`() async {
        await #expect(processExitsWith: .success) {
            try withBroker(obliging) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                var seen: [Int] = []
                let commands = (1...2_000 as ClosedRange<UInt64>).lazy.map { Command.sample($0) }
                let results = try connection.perform(commands, window: 64) { index, _ in seen.append(index) }
                #expect(try results.map { try $0.get().ticket.rawValue } == Array(1...2_000))
                #expect(seen == Array(0..<2_000))
                connection.close()
            }
        }
    }

    @Test func `a stream tells apart what was refused`() async {
        await #expect(processExitsWith: .success) {
            try withBroker({ frame in
                obliging(frame).map { item in
                    guard case .answer(let answer) = item.body, answer.ticket % 2 == 0 else { return item }
                    return .refusal(.textTooLong, of: answer.ticket)
                }
            }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                let big = Command.sample(99, body: String(repeating: "x", count: wireFrameBytesMax))
                let results = try connection.perform([.sample(1), .sample(2), big, .sample(3), .sample(1)])
                let words = results.map { result in
                    switch result {
                    case .success(let answer): "\(answer.ticket)"
                    case .failure(let refusal): refusal.code.word
                    }
                }
                #expect(words == ["1", "text-too-long", "text-too-long", "3", "1"])
            }
        }
    }

    @Test func `a refusal is thrown`() async {
        await #expect(processExitsWith: .success) {
            try withBroker({ frame in
                guard case .commands = frame.body else { return obliging(frame) }
                return [.refusal(.deskFull, of: 7, retryAfter: 60_000)]
            }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                let error = #expect(throws: ClientError.self) {
                    try connection.perform(Command.sample(7).action, id: CommandID(high: 0, low: 7))
                }
                guard case .refused(let refusal) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(refusal.code == .deskFull)
            }
        }
    }

    // The broker forgets the session each time it is told something new, until the third hello.
    @Test func `a broker that restarts in between is no matter`() async {
        await #expect(processExitsWith: .success) {
            let hellos = Mutex(0)
            let counter = Counter(hellos)
            try withBroker({ frame in
                if case .hello = frame.body {
                    counter.value.withLock { $0 += 1 }
                    return [.welcome(broker: 1)]
                }
                return counter.value.withLock { $0 } < 3 ? [.refusal(.unknownSession)] : obliging(frame)
            }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                let answer = try connection.perform(Command.sample(7).action, id: CommandID(high: 0, low: 7))
                #expect(answer.ticket == TicketNumber(7))
            }
            #expect(counter.value.withLock { $0 } == 3)
        }
    }

    @Test func `a view that is not there yet is asked again`() async {
        await #expect(processExitsWith: .success) {
            let asked = Counter(Mutex(0))
            try withBroker({ frame in
                guard case .query(let query) = frame.body else { return obliging(frame) }
                let count = asked.value.withLock { count in
                    count += 1
                    return count
                }
                return count < 3
                    ? [.refusal(.viewUnavailable, retryAfter: 10, query: query.id)] : obliging(frame)
            }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                #expect(try connection.query(.stats(ProtoStatsQuery())).id == 3)
            }
        }
    }

    @Test func `where nothing listens, it says so`() async {
        await #expect(processExitsWith: .success) {
            // Port 1 is nobody's, unlike one that was free a moment ago.
            let endpoint = "tcp://127.0.0.1:1"
            let connection = try Connection(
                endpoint: endpoint, key: try sampleKey(), patienceMilliseconds: 4_000)
            let error = #expect(throws: ClientError.self) { try connection.perform(Command.sample(1).action) }
            #expect(error == .nothingListens(endpoint: endpoint, milliseconds: 4_000))
            #expect("\(try #require(error))".contains("start the broker"))
        }
    }

    @Test func `a key that the broker does not know is reported, well before the patience ends`() async {
        await #expect(processExitsWith: .success) {
            try withBroker(knowsKey: false, obliging) { broker in
                let connection = try Connection(
                    endpoint: broker.endpoint, key: broker.key, patienceMilliseconds: 30_000)
                let error = #expect(throws: ClientError.self) { try connection.waitUntilWelcomed() }
                #expect(error == .keyRefused(endpoint: broker.endpoint, user: "agent:ann"))
            }
        }
    }

    @Test func `a server that is not the one that the key names is reported`() async {
        await #expect(processExitsWith: .success) {
            try withBroker(obliging) { broker in
                let key = try sampleKey()
                let connection = try Connection(
                    endpoint: broker.endpoint, key: key, patienceMilliseconds: 4_000)
                let error = #expect(throws: ClientError.self) { try connection.waitUntilWelcomed() }
                #expect(error == .wrongServer(endpoint: broker.endpoint, user: "agent:stranger"))
            }
        }
    }

    @Test func `a broker with CURVE is no broker for who does without, and it is said at once`() async {
        await #expect(processExitsWith: .success) {
            try withBroker(obliging) { broker in
                let connection = try Connection(
                    endpoint: broker.endpoint, key: broker.key, patienceMilliseconds: 30_000,
                    isInsecureLoopback: true)
                let error = #expect(throws: ClientError.self) { try connection.waitUntilWelcomed() }
                #expect(error == .otherMechanism(endpoint: broker.endpoint))
            }
        }
    }

    @Test func `a broker that says nothing is reported`() async {
        await #expect(processExitsWith: .success) {
            try withBroker({ _ in [] }) { broker in
                let connection = try Connection(
                    endpoint: broker.endpoint, key: broker.key, patienceMilliseconds: 300)
                let error = #expect(throws: ClientError.self) {
                    try connection.perform(Command.sample(1).action)
                }
                #expect(error == .noAnswer(endpoint: broker.endpoint, milliseconds: 300))
            }
        }
    }

    @Test func `a command that was sent and not answered may have been carried out`() async {
        await #expect(processExitsWith: .success) {
            try withBroker({ frame in
                if case .commands = frame.body { return [] }
                return obliging(frame)
            }) { broker in
                let connection = try Connection(
                    endpoint: broker.endpoint, key: broker.key, patienceMilliseconds: 300)
                let id = CommandID(high: 0, low: 7)
                let error = #expect(throws: ClientError.self) {
                    try connection.perform(Command.sample(7).action, id: id)
                }
                #expect(error == .outcomeUnknown(endpoint: broker.endpoint, id: id, milliseconds: 300))
                #expect("\(try #require(error))".contains("00000000000000000000000000000007"))
            }
        }
    }

    @Test func `a session that is dismissed stays so`() async {
        await #expect(processExitsWith: .success) {
            try withBroker({ _ in [.refusal(.notAuthorised)] }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                for _ in 0..<2 {
                    let error = #expect(throws: ClientError.self) {
                        try connection.perform(Command.sample(7).action)
                    }
                    guard case .refused(let refusal) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(refusal.code == .notAuthorised)
                }
            }
        }
    }

    @Test func `goodbye arrives`() async {
        await #expect(processExitsWith: .success) {
            let heard = try WakeUp()
            try withBroker({ frame in
                if case .goodbye = frame.body { heard.ring() }
                return obliging(frame)
            }) { broker in
                let connection = try Connection(endpoint: broker.endpoint, key: broker.key)
                try connection.waitUntilWelcomed()
                connection.close()
                var poller = Poller([PollItem(fileDescriptor: heard.fileDescriptor)])
                #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
            }
        }
    }

    @Test func `a key file that names no broker is refused at once`() async {
        await #expect(processExitsWith: .success) {
            var key = try sampleKey()
            key.broker = nil
            let error = #expect(throws: ClientError.self) {
                try Connection(endpoint: "tcp://127.0.0.1:1", key: key)
            }
            #expect(error == .noServerKey(server: "broker", user: "agent:stranger"))
        }
    }
}

private func sampleKey() throws -> KeyFile {
    KeyFile(
        role: .agent, name: "stranger", keys: try .generate(), broker: try CurveKeyPair.generate().publicKey)
}

private final class Counter: Sendable {
    let value: Mutex<Int>

    init(_ value: consuming sending Mutex<Int>) {
        self.value = value
    }
}
