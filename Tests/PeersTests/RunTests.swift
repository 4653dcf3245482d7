import Testing

@testable import Peers

@Suite struct RunTests {
    @Test func `a buffer keeps its bytes while it grows and moves`() {
        let buffer = ByteBuffer(capacity: 16)
        var expected: [UInt8] = []
        for round in 0..<200 {
            let bytes = (0..<(round % 23)).map { UInt8(truncatingIfNeeded: round + $0) }
            buffer.append(bytes)
            expected += bytes
            let gone = min(expected.count, round % 17)
            buffer.consume(gone)
            expected.removeFirst(gone)
            #expect(Array(buffer.readable) == expected)
        }
    }

    @Test(arguments: [(0, "0"), (9, "9"), (10, "10"), (1_234_567, "1234567")])
    func `numbers in decimal`(_ value: Int, _ text: String) {
        #expect(String(decoding: written { $0.append(decimal: value) }, as: UTF8.self) == text)
    }

    @Test func `a queue gives back in order, also when it never runs dry`() throws {
        var queue = Queue<Int>()
        for value in 0..<20_000 {
            queue.append(value)
            if value >= 50 { #expect(try queue.removeFirst() == value - 50) }
        }
        #expect(queue.count == 50)
        var empty = Queue<Int>()
        #expect(throws: PeerError.self) { try empty.removeFirst() }
    }

    @Test func `a body tells its job, and another body is refused`() throws {
        let payloads = Payloads([Array("Where is my order?".utf8), Array("Hello".utf8)])
        for job in [0, 1, 123_456] {
            let body = written { payloads.append(job, to: $0) }
            #expect(body.count == payloads.byteCount(job))
            #expect(try body.withUnsafeBytes { try payloads.job(in: $0) } == job)
            #expect(throws: PeerError.self) {
                try body.dropLast().withUnsafeBytes { try payloads.job(in: $0) }
            }
        }
    }

    @Test func `percentiles are exact`() {
        var latencies = Latencies()
        for value in (1...1_000).reversed() { latencies.record(Int64(value) * 1_000) }
        latencies.sort()
        #expect(latencies.percentileMs(50) == 500)
        #expect(latencies.percentileMs(99) == 990)
        #expect(latencies.percentileMs(100) == 1_000)
        #expect(Latencies().percentileMs(99) == 0)
    }

    @Test func `windows and seats are shared out to the last one`() {
        var plan = Plan(
            arrangement: .plain, outstanding: 3, seats: 5, seconds: 1, warmUpSeconds: 0,
            payloads: Payloads([[0x61]]))
        #expect(plan.putShares == [1, 1, 1])
        plan.arrangement = .best(connections: 2)
        #expect(plan.putShares == [2, 1])
        #expect(plan.takeShares == [3, 2])
        plan.arrangement = .best(connections: 9)
        #expect(plan.takeShares == [1, 1, 1, 1, 1])
    }

    @Test func `what is missing is said with what to install`() {
        #expect(throws: PeerError("no gone-server here; install gone: apt-get install gone")) {
            try Program.find("gone-server", package: "gone")
        }
    }

    private struct Absent: PeerSystem {
        let name = "absent"
        let packageName = "absent-server"
        let bestConnections = [1]

        func checkInstalled() throws(PeerError) {
            throw Program.missing("absentd", package: packageName)
        }
    }

    @Test func `a peer that is not here is reported with the reason`() {
        let outcome = PeerOutcome(of: Absent()) {
            try measure(
                Absent(), .plain, outstanding: 1, seats: 1, seconds: 1, payloads: [[0x61]], folder: "/tmp")
        }
        guard case .failed("absent", let reason) = outcome else {
            Issue.record("it was measured")
            return
        }
        #expect(reason == "no absentd here; install absent-server: apt-get install absent-server")
    }

    @Test(arguments: [SQLiteCeiling(.logAndView), SQLiteCeiling(.rows)])
    func `a ceiling commits what it counts`(_ ceiling: SQLiteCeiling) throws {
        let result = try measure(
            ceiling, .best(connections: 1), outstanding: 64, seats: 64, seconds: 0.01,
            payloads: [Array("Where is my order?".utf8)], folder: "/tmp/switchboard-peers")
        #expect(result.lifecycles > 0)
        #expect(result.lifecycles % 64 == 0)
        #expect(result.isDurable)
    }
}
