/// A producer's connection: encodes puts, and reads their acknowledgements.
///
/// Opened by the thread that measures, then used by the producer's thread alone.
protocol PutSession: AnyObject, SendableMetatype {
    var stream: ByteStream { get }

    /// Encodes puts of the jobs `first..<first + count`. Their bytes go out after it returns.
    func put(_ first: Int, count: Int)

    /// Reads what came, and appends the jobs whose put was acknowledged.
    func receive(into acknowledged: inout [Int]) throws(PeerError)
}

/// A taker's connection: takes jobs, and says each is done as soon as it has it.
///
/// Opened by the thread that measures, then used by the taker's thread alone.
protocol TakeSession: AnyObject, SendableMetatype {
    var stream: ByteStream { get }

    /// Asks for the first jobs; again after it was parked.
    func resume()

    /// Whether it found nothing to take and asks for nothing until ``resume()``.
    ///
    /// Only where a server cannot keep a request waiting.
    var isParked: Bool { get }

    /// Reads what came, encodes the answers, and appends what was taken and what was acknowledged as done.
    func receive(into log: inout TakeLog) throws(PeerError)
}

extension TakeSession {
    var isParked: Bool { false }
}

/// What one reading of a taker's connection brought.
struct TakeLog {
    var taken: [Int] = []
    var done: [Int] = []

    mutating func clear() {
        taken.removeAll(keepingCapacity: true)
        done.removeAll(keepingCapacity: true)
    }
}
