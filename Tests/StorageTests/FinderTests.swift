import GRDB
import Storage
import Testing
import Tickets

@testable import StorageSQLite

/// How the SQLite view finds tickets by customer and owner, with more of them than one part or one run holds.
@Suite struct FinderTests {
    @Test func `every customer is found, through many merges`() throws {
        var random = SeededGenerator(seed: 91)
        var expected: [Int: [TicketNumber]] = [:]
        var customers: [TicketNumber: Int] = [:]
        try withFinder { writer, reader in
            var number: UInt64 = 0
            for _ in 0..<400 {
                for _ in 0..<Int.random(in: 0...90, using: &random) {
                    number += 1
                    // One customer has a third of all tickets.
                    let customer = random.chance(33) ? 0 : Int.random(in: 1...900, using: &random)
                    expected[customer, default: []].append(TicketNumber(number))
                    customers[TicketNumber(number)] = customer
                    try writer.add(.customer("c\(customer)"), TicketNumber(number))
                }
                try writer.flush()
            }
            for (customer, numbers) in expected {
                let key = Finder.Key.customer("c\(customer)")
                // Some of another customer, whose hash is the same, may be among them.
                let all = try reader.numbers(of: key, after: TicketNumber(0), limit: .max)
                #expect(all.filter { customers[$0] == customer } == numbers)
                let middle = numbers[numbers.count / 2]
                let page = try reader.numbers(of: key, after: middle, limit: 10)
                let later = numbers.filter { $0 > middle }
                #expect(page.count >= min(10, later.count))
                let own = page.filter { customers[$0] == customer }
                #expect(own == Array(later.prefix(own.count)))
            }
            #expect(try reader.numbers(of: .customer("nobody"), after: TicketNumber(0), limit: 9).isEmpty)
            #expect(try reader.numbers(of: .owner("c1"), after: TicketNumber(0), limit: 9).isEmpty)
        }
    }

    @Test func `runs stay few`() throws {
        try withFinder { writer, _ in
            for number in 1...3_000 {
                try writer.add(.owner("n1"), TicketNumber(UInt64(number)))
                try writer.flush()
            }
            #expect(writer.runCount <= 4 * Finder.runsPerMerge)
        }
    }

    @Test func `numbers at the edge of the range are found or refused`() throws {
        try withFinder { writer, reader in
            let last = TicketNumber(1 << 40 - 1)
            try writer.add(.owner("n1"), last)
            try writer.flush()
            #expect(try reader.numbers(of: .owner("n1"), after: TicketNumber(0), limit: 9) == [last])
            #expect(try reader.numbers(of: .owner("n1"), after: last, limit: 9).isEmpty)
            #expect(try reader.numbers(of: .owner("n1"), after: TicketNumber(.max), limit: 9).isEmpty)
            #expect(throws: StoreError.self) { try writer.add(.owner("n1"), TicketNumber(1 << 40)) }
        }
    }

    private func withFinder(_ body: (FinderWriter, FinderReader) throws -> Void) throws {
        let queue = try DatabaseQueue()
        try queue.inDatabase { db in
            try ViewSchema.make(db)
            try body(
                FinderWriter(db, queue), FinderReader { try HotStatement($0, db, queue) })
        }
    }
}
