import Desk
import Storage
import Testing
import Tickets

/// Decoders are total: any bytes give a value or an error.
@Suite struct DecodingTests {
    @Test func `records come back as they were`() throws {
        for seed in 51...54 {
            let history = History(seed: UInt64(seed), steps: 150)
            for turn in history.turns {
                let bytes = RecordCoding.encode(turn)
                #expect(try RecordCoding.decode(bytes, first: turn[0].position) == turn)
            }
        }
    }

    @Test func `text comes back byte by byte`() throws {
        for body in ["e\u{301}", "é", "\u{0}", "\r\n", "\u{FEFF}x", "🧶"] {
            let submission = Submission(channel: "mail", customer: body, subject: body, body: body, kind: "")
            let record = Record(
                position: Position(1), at: .zero, author: .desk, command: nil,
                event: .submitted(TicketNumber(1), line: "l", submission))
            let decoded = try RecordCoding.decode(RecordCoding.encode([record]), first: Position(1))
            guard case .submitted(_, _, let found) = decoded[0].event else {
                Issue.record("another event came back")
                return
            }
            #expect(found.kind == "")
            #expect(Array(found.body.utf8) == Array(body.utf8))
            #expect(Array(found.customer.utf8) == Array(body.utf8))
        }
    }

    @Test func `random bytes and flipped bits give records or an error`() throws {
        var random = SeededGenerator(seed: 55)
        let history = History(seed: 55, steps: 60)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = outcome { try RecordCoding.decode(bytes, first: Position(.max - 3)) }
            decodeView(bytes)
            _ = outcome { try SnapshotCoding.decode(bytes, settings: History.settings) }
        }
        let encoded = history.turns.map { RecordCoding.encode($0) }
        for _ in 0..<20_000 {
            var bytes = encoded.randomElement(using: &random) ?? []
            flip(&bytes, &random)
            _ = outcome { try RecordCoding.decode(bytes, first: Position(1)) }
        }
    }

    @Test func `a flipped bit in a snapshot is noticed`() throws {
        var random = SeededGenerator(seed: 56)
        let desk = History(seed: 56, steps: 40).desk
        let good = try SnapshotCoding.encode(desk)
        expectSame(try SnapshotCoding.decode(good, settings: History.settings), desk)
        for _ in 0..<300 {
            var bytes = good
            flip(&bytes, &random)
            #expect(throws: StoreError.self) { try SnapshotCoding.decode(bytes, settings: History.settings) }
        }
        #expect(throws: StoreError.self) {
            try SnapshotCoding.decode(Array(good.dropLast(40)), settings: History.settings)
        }
    }

    @Test func `parts that contradict each other make no desk`() throws {
        let desk = History(seed: 57, steps: 100).desk
        let claimed = try #require(desk.parts.claims.first).ticket
        func restored(_ alter: (inout DeskParts) -> Void) -> Desk? {
            var parts = desk.parts
            alter(&parts)
            return Desk(restoring: parts, settings: History.settings)
        }
        #expect(restored { _ in } != nil)
        #expect(restored { $0.claims.removeFirst() } == nil)
        #expect(restored { $0.claims.append($0.claims[0]) } == nil)
        #expect(restored { $0.tickets.append($0.tickets[0]) } == nil)
        #expect(restored { $0.lastTicket = TicketNumber(1) } == nil)
        #expect(restored { $0.tickets.removeAll { $0.number == claimed } } == nil)
        #expect(
            restored { parts in
                for index in parts.tickets.indices { parts.tickets[index].status = .new }
                for index in parts.tickets.indices { parts.tickets[index].place = .aside }
            } == nil)
    }

    private func decodeView(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var coding = ViewCoding()
            var state = TicketState(line: "l")
            var row = TicketRow()
            var entries: [UInt32: EntryRow] = [:]
            _ = outcome { try Trail.positions(bytes) }
            _ = outcome { try Trail.blocks(bytes) }
            _ = outcome { try ViewCoding.outbox(bytes) }
            _ = outcome { try coding.read(bytes, into: &state) }
            _ = outcome { try coding.read(bytes, into: &row) }
            _ = outcome {
                var figures = PackedFigures(count: 64, byteCount: bytes.count)
                try figures.add(bytes)
                _ = try figures.fold(upTo: .start, at: .zero).whole()
            }
            _ = outcome { try coding.read(entriesOf: TicketNumber(1), in: bytes, into: &entries) }
        }
    }

    private func flip(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let index = bytes.indices.randomElement(using: &random) else { return }
            // Always another byte, so that several flips do not undo each other: bits of different places differ.
            bytes[index] = bytes[index] &+ UInt8.random(in: 1...80, using: &random)
        }
    }

    private func outcome<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            return nil
        }
    }
}
