import Dispatch
import Synchronization

/// Work on many tickets, done by all cores: each share is done by one of them, and its result has its own place.
enum Shares {
    /// Tickets of one share. Far fewer would cost more than they spread, far more would leave a core without work.
    static let size = 16_384

    /// What becomes of each share, in order.
    static func map<Value: Sendable, Failure: Error>(
        of count: Int, _ work: @Sendable (Range<Int>) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let results = each((count + size - 1) / size) { share -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try work(share * size..<min(count, (share + 1) * size)))
            } catch {
                return .failure(error)
            }
        }
        var values: [Value] = []
        for result in results { values.append(try result.get()) }
        return values
    }

    /// The values of all shares, one after the other.
    static func join<Value: Sendable, Failure: Error>(
        of count: Int, _ work: @Sendable (Range<Int>) throws(Failure) -> [Value]
    ) throws(Failure) -> [Value] {
        var values: [Value] = []
        let shares = try map(of: count, work)
        values.reserveCapacity(count)
        for share in shares { values += share }
        return values
    }

    /// The results of some pieces of work, in order.
    static func each<Value: Sendable>(_ count: Int, _ work: @Sendable (Int) -> Value) -> [Value] {
        guard count > 1 else { return (0..<count).map(work) }
        let values = Mutex<[Value?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let value = work(index)
            values.withLock { $0[index] = value }
        }
        return values.withLock { $0.compactMap(\.self) }
    }
}
