package import Tickets

/// The answers of the last commands, so that a retry gets the same answer and changes nothing.
///
/// A ring of the kept answers, and a table of open addresses into it. Every command looks here and is written down
/// here, so this is made for that: no allocation, one place in memory to look at, and a copy, which a snapshot
/// takes, shares the ring's pages. The table's order never shows in what the book answers.
package struct AnswerBook: Sendable {
    private var pages: [[Kept]] = []
    /// Index into the ring plus 1, by the hash of the id, with linear probing; 0 is free.
    private var table: [UInt32] = []
    /// How many answers were ever kept.
    private var total = 0
    private let capacity: Int
    /// Differs from process to process, so that a sender cannot choose ids that all meet in one place.
    private let seed: UInt64

    private static let pageBits = 10

    struct Kept: Hashable, Sendable {
        var id: CommandID
        var fingerprint: UInt64
        var answer: Answer
    }

    enum Lookup {
        case unknown
        case known(Answer)
        /// The id was used for something else.
        case conflict
    }

    init(capacity: Int) {
        precondition(capacity > 0 && capacity < 1 << 30, "a book for \(capacity) answers")
        self.capacity = capacity
        seed = UInt64(bitPattern: Int64(Hasher().finalize()))
        table = Array(repeating: 0, count: 64)
    }

    func look(up stamp: CommandStamp) -> Lookup {
        guard let index = find(stamp.id) else { return .unknown }
        let kept = self[index]
        return kept.fingerprint == stamp.fingerprint ? .known(kept.answer) : .conflict
    }

    /// Writes an answer down, unless there is one under the id already.
    mutating func keep(_ answer: Answer, for stamp: CommandStamp) {
        guard find(stamp.id) == nil else { return }
        let index = total % capacity
        if total >= capacity { drop(index) }
        write(Kept(id: stamp.id, fingerprint: stamp.fingerprint, answer: answer), at: index)
        total += 1
        if 2 * count > table.count { grow() } else { insert(index) }
    }

    private var count: Int { min(total, capacity) }

    /// All that is kept, oldest first, for a snapshot.
    package var entries: [(stamp: CommandStamp, answer: Answer)] {
        (total - count..<total).map { number in
            let kept = self[number % capacity]
            return (CommandStamp(id: kept.id, fingerprint: kept.fingerprint), kept.answer)
        }
    }

    // MARK: - The ring

    private subscript(index: Int) -> Kept { pages[index >> Self.pageBits][index & (1 << Self.pageBits - 1)] }

    private mutating func write(_ kept: Kept, at index: Int) {
        let page = index >> Self.pageBits
        if page == pages.count { pages.append([]) }
        let slot = index & (1 << Self.pageBits - 1)
        if slot == pages[page].count { pages[page].append(kept) } else { pages[page][slot] = kept }
    }

    // MARK: - The table

    private func home(of id: CommandID) -> Int {
        let product = (id.high ^ seed).multipliedFullWidth(by: id.low ^ 0x9e37_79b9_7f4a_7c15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) &* 0xd6e8_feb8_6659_fd93 >> 32)
            & (table.count - 1)
    }

    private func find(_ id: CommandID) -> Int? {
        var place = home(of: id)
        while table[place] != 0 {
            let index = Int(table[place]) - 1
            let kept = pages[index >> Self.pageBits][index & (1 << Self.pageBits - 1)].id
            // Not `==`, which another module has, and which is called through a table.
            if kept.low == id.low, kept.high == id.high { return index }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    private mutating func insert(_ index: Int) {
        var place = home(of: self[index].id)
        while table[place] != 0 { place = (place + 1) & (table.count - 1) }
        table[place] = UInt32(index + 1)
    }

    /// Takes an answer out of the table, and moves up those that stood behind it because of it.
    private mutating func drop(_ index: Int) {
        let mask = table.count - 1
        var free = home(of: self[index].id)
        while table[free] != UInt32(index + 1) { free = (free + 1) & mask }
        var place = (free + 1) & mask
        while table[place] != 0 {
            let home = home(of: self[Int(table[place]) - 1].id)
            if (place - home) & mask >= (place - free) & mask {
                table[free] = table[place]
                free = place
            }
            place = (place + 1) & mask
        }
        table[free] = 0
    }

    private mutating func grow() {
        table = Array(repeating: 0, count: 2 * table.count)
        for number in total - count..<total { insert(number % capacity) }
    }
}
