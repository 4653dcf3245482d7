/// A file of a simulated disk as every process sees it, and who holds which of SQLite's locks on it.
final class SimulatedFile {
    let number: Int
    var bytes: PagedBytes
    /// How strong a lock each opening of a database file holds, in SQLite's numbers.
    var locks: [ObjectIdentifier: CInt] = [:]
    /// The index of the write-ahead log; nil while nobody has mapped it.
    var shared: SharedMemory?

    init(_ number: Int, _ bytes: PagedBytes = PagedBytes()) {
        self.number = number
        self.bytes = bytes
    }

    /// Whether an opening other than the given one holds a lock at least that strong.
    func isLocked(_ level: CInt, besides opening: ObjectIdentifier) -> Bool {
        locks.contains { $0.key != opening && $0.value >= level }
    }
}
