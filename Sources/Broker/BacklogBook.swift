import ZeroMQ

/// How much libzmq keeps for each connection, as far as it can be known from outside: what came and was not handed out,
/// and what was given and did not go.
///
/// libzmq counts messages, and hands out a message when it has all its parts: a peer can send parts for ever, or ask
/// and never read. Pure; ``ConnectionGuard`` looks and acts.
struct BacklogBook {
    struct Bounds: Equatable, Sendable {
        /// Kept for one connection. Above what the clients have under way, however slow the disk is.
        var connectionBytesMax: UInt64 = 64 << 20
        /// Kept for all of them together.
        var allBytesMax: UInt64 = 512 << 20
    }

    private struct Entry {
        var counts = TCPConnection.Counts(received: 0, acknowledged: 0)
        var heard: UInt64 = 0
        var said: UInt64 = 0
        var inward: UInt64 = 0
        var outward: UInt64 = 0

        var bytes: UInt64 { inward + outward }
    }

    private let bounds: Bounds
    /// By descriptor.
    private var entries: [Entry] = []

    init(_ bounds: Bounds) {
        self.bounds = bounds
    }

    /// What is kept for all connections.
    var bytes: UInt64 { entries.reduce(0) { $0 + $1.bytes } }

    /// What is kept for one.
    func bytes(of descriptor: CInt) -> UInt64 {
        entries.indices.contains(Int(descriptor)) ? entries[Int(descriptor)].bytes : 0
    }

    /// Takes what a look at a connection showed, and what the loop says of it: nothing before its hello.
    mutating func note(_ descriptor: CInt, _ counts: TCPConnection.Counts, heard: UInt64, said: UInt64) {
        while entries.count <= Int(descriptor) { entries.append(Entry()) }
        var entry = entries[Int(descriptor)]
        // Counts that went back are those of another connection.
        if counts.received < entry.counts.received || counts.acknowledged < entry.counts.acknowledged
            || heard < entry.heard || said < entry.said
        {
            entry = Entry()
        }
        // Never below 0: what frames seem to have more than they have is nothing to save up.
        entry.inward = Self.kept(
            entry.inward, more: counts.received - entry.counts.received, less: heard - entry.heard)
        entry.outward = Self.kept(
            entry.outward, more: said - entry.said, less: counts.acknowledged - entry.counts.acknowledged)
        (entry.counts, entry.heard, entry.said) = (counts, heard, said)
        entries[Int(descriptor)] = entry
    }

    private static func kept(_ bytes: UInt64, more: UInt64, less: UInt64) -> UInt64 {
        let sum = bytes + more
        return sum > less ? sum - less : 0
    }

    /// Nothing is kept for a descriptor that is closed, or another's.
    mutating func forget(_ descriptor: CInt) {
        if entries.indices.contains(Int(descriptor)) { entries[Int(descriptor)] = Entry() }
    }

    /// The connections that are to be ended, those for which most is kept first; they are forgotten.
    mutating func takeExcess() -> [(descriptor: CInt, bytes: UInt64)] {
        var total = bytes
        var excess: [(descriptor: CInt, bytes: UInt64)] = []
        guard total > bounds.connectionBytesMax else { return excess }
        let largest = entries.indices.filter { entries[$0].bytes > 0 }.sorted {
            (entries[$1].bytes, $0) < (entries[$0].bytes, $1)
        }
        for index in largest {
            let bytes = entries[index].bytes
            guard bytes > bounds.connectionBytesMax || total > bounds.allBytesMax else { break }
            excess.append((CInt(index), bytes))
            total -= bytes
            entries[index] = Entry()
        }
        return excess
    }
}
