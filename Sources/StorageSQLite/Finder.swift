import Storage
import Tickets

/// How tickets are found by their customer or owner: sorted runs of entries, merged now and then.
///
/// Customers come in no order, so an index of SQLite's would change another page for each new ticket; that costs
/// several times what the ticket's row does. Here each fold adds one sorted run, a row; when there are several runs
/// of about one size they become one. So an entry is written a few times, always beside its neighbours, and a search
/// looks into a few dozen runs. Entries are never removed: a ticket's customer and owner stay.
enum Finder {
    /// Runs of about one size that are merged.
    static let runsPerMerge = 8
    /// Entries of a run that is not merged any more; bounds what a merge holds in memory, 8 bytes an entry.
    static let runEntriesMax = 1 << 20
    /// Entries of a part of a run: as many as fit into one page.
    static let partEntries = 500

    /// Whom a ticket is found by.
    enum Key {
        case customer(String)
        case owner(Name)

        /// Finds some others, too: who searches compares what was found.
        fileprivate var hash: UInt64 {
            switch self {
            // As customers are compared: whatever the case of their letters.
            case .customer(let text): Self.hash(text, 1) { $0.withoutCase }
            case .owner(let name): Self.hash(name.text, 2) { $0 }
            }
        }

        /// FNV-1a, mixed once more: what differs in the last letters only must not meet in the upper bits.
        private static func hash(_ text: String, _ kind: UInt8, _ byte: (UInt8) -> UInt8) -> UInt64 {
            var text = text
            var hash = 0xcbf2_9ce4_8422_2325 ^ UInt64(kind)
            text.withUTF8 { for each in $0 { hash = (hash ^ UInt64(byte(each))) &* 0x0000_0100_0000_01b3 } }
            hash = (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93
            return (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93 >> (64 - hashBits)
        }
    }

    /// An entry is the key's hash, then the ticket's number, in 63 bits: they are sorted as numbers.
    typealias Entry = UInt64

    private static let hashBits: UInt64 = 23
    private static let numberBits: UInt64 = 40

    static func entry(_ key: Key, _ number: TicketNumber) throws(StoreError) -> Entry {
        guard number.rawValue < 1 << numberBits else {
            throw StoreError(.corrupt, "ticket \(number) is out of range")
        }
        return key.hash << numberBits | number.rawValue
    }

    /// All entries that a key can have for tickets after a number.
    static func entries(of key: Key, after number: TicketNumber) -> Range<Entry> {
        let first = key.hash << numberBits
        let end = first + 1 << numberBits
        return min(first + min(number.rawValue, 1 << numberBits - 1) + 1, end)..<end
    }

    static func number(_ entry: Entry) -> TicketNumber { TicketNumber(entry & (1 << numberBits - 1)) }

    // MARK: - Rows

    static let flaw = StoreError(.corrupt, "what finds tickets by their people in the view is damaged")

    /// The row of a run's part. The first part of a run is 0.
    static func partID(run: Int64, _ part: Int) -> Int64 { run << 20 | Int64(part) }

    static func bytes(_ entries: ArraySlice<Entry>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * entries.count)
        for entry in entries { withUnsafeBytes(of: entry.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to entries: inout [Entry]) {
        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
            entries.append(Entry(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Entry.self)))
        }
    }
}
