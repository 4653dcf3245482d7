import Desk
import Storage
import Testing
import Tickets
import Wire

@testable import Broker

/// What leaves when: nothing before the commit that holds it.
struct GatheringTests {
    @Test func `a turn with records leaves when it is on disk`() throws {
        var (gathering, awaited) = (Self.gathering(records: 2), Outgoing?.none)
        guard case .store(let records) = gathering.handOver(&awaited) else {
            Issue.record("nothing is stored")
            return
        }
        #expect(records.count == 2)
        let next = gathering.handOver(&awaited)
        #expect(next == nil)
        let outgoing = try #require(try Outgoing.settle(&awaited))
        #expect(outgoing.directives == [.pong(SessionID(7))])
        #expect(awaited == nil)
    }

    @Test func `while the store is busy the next turn gathers, even when it has nothing to store`() throws {
        var (gathering, awaited) = (Self.gathering(records: 1), Outgoing?.none)
        _ = gathering.handOver(&awaited)
        gathering.turn.directives.append(.pong(SessionID(8)))
        let step = gathering.handOver(&awaited)
        #expect(step == nil)
        _ = try Outgoing.settle(&awaited)
        guard case .leave(let outgoing) = gathering.handOver(&awaited) else {
            Issue.record("nothing leaves")
            return
        }
        #expect(outgoing.directives == [.pong(SessionID(8))])
        #expect(gathering.isEmpty)
    }

    @Test func `when the store fails nothing leaves`() {
        var (gathering, awaited) = (Self.gathering(records: 1), Outgoing?.none)
        _ = gathering.handOver(&awaited)
        #expect(throws: StoreError.self) {
            try Outgoing.settle(&awaited, StoreError(.inputOutput, "the disk failed"))
        }
    }

    private static func gathering(records count: Int) -> Gathering {
        var gathering = Gathering()
        gathering.turn.records = (1...count).map { number in
            Record(
                position: Position(UInt64(number)), at: Moment(milliseconds: 1),
                author: Author(role: .client, key: "web"), command: nil,
                event: .woke(TicketNumber(UInt64(number))))
        }
        gathering.turn.directives = [.pong(SessionID(7))]
        return gathering
    }
}
