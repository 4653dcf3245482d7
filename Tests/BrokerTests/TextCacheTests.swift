import Desk
import ProtoBytes
import Testing
import Tickets

@testable import Broker

struct TextCacheTests {
    /// Each conversation below takes about 350 bytes.
    private let body = String(repeating: "x", count: 100)

    @Test func `what comes while there is room stays until it is resolved`() {
        var cache = TextCache(byteCountMax: 1 << 20)
        submit(1...100, to: &cache)
        let before = kept(1...100, in: cache)
        cache.follow(resolved(40))
        let after = kept(1...100, in: cache)
        #expect(before == Array(1...100))
        #expect(after == before.filter { $0 != 40 })
    }

    @Test func `a full one keeps what came first, and takes in what is new`() {
        var cache = TextCache(byteCountMax: 10_000)
        submit(1...1_000, to: &cache)
        let kept = kept(1...1_000, in: cache)
        #expect(kept.starts(with: 1...20))
        #expect(kept.last == 1_000)
        #expect(kept.count < 50)
    }

    @Test func `room that is given back is used again`() {
        var cache = TextCache(byteCountMax: 10_000)
        submit(1...1_000, to: &cache)
        let count = cache.count
        for number in UInt64(1)...20 { cache.follow(resolved(number)) }
        submit(1_001...2_000, to: &cache)
        let (last, later) = (kept(2_000...2_000, in: cache), cache.count)
        #expect(last == [2_000])
        #expect(abs(later - count) <= 5)
    }

    @Test func `what was fetched is a guest too, and follows what happens`() {
        var cache = TextCache(byteCountMax: 10_000)
        submit(1...1_000, to: &cache)
        var writer = ProtoWriter()
        let fetched = Conversation(submission, author: "web", at: Moment(milliseconds: 1), &writer)
        cache.add(fetched, of: TicketNumber(500))
        cache.follow(record(.followedUp(TicketNumber(500), entry: 2, body: "and now?", wakes: false)))
        let entryCount = cache[TicketNumber(500)]?.entryCount
        #expect(entryCount == 2)
        submit(1_001...1_100, to: &cache)
        let left = kept(500...500, in: cache)
        #expect(left.isEmpty)
    }

    private func submit(_ numbers: ClosedRange<UInt64>, to cache: inout TextCache) {
        for number in numbers {
            cache.follow(record(.submitted(TicketNumber(number), line: "line-one", submission)))
        }
    }

    private func kept(_ numbers: ClosedRange<UInt64>, in cache: borrowing TextCache) -> [UInt64] {
        var kept: [UInt64] = []
        for number in numbers where cache.contains(TicketNumber(number)) { kept.append(number) }
        return kept
    }

    private var submission: Submission {
        Submission(channel: "web", customer: "c", subject: "s", body: body)
    }

    private func resolved(_ number: UInt64) -> Record {
        record(.resolved(TicketNumber(number), Token(1), nil))
    }

    private func record(_ event: Event) -> Record {
        Record(
            position: Position(1), at: Moment(milliseconds: 1), author: Author(role: .client, key: "web"),
            command: nil, event: event)
    }
}
