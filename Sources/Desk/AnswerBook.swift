package import Tickets

/// The answers of the last commands, so that a retry gets the same answer and changes nothing.
///
/// A ring of the kept answers, and a table of open addresses into it. Every command looks here and is written down
/// here, so this is made for that: no allocation, one place in memory to look at, and a copy, which a snapshot
/// takes, shares the ring's pages. The table's order never shows in what the book answers.
package struct AnswerBook: Sendable {
    private var pages: [[Kept]] = []
    /// Places in the ring by the hash of their ids, with linear probing. A power of two of them.
    private var table: [Slot] = []
    /// How many answers were ever kept.
    private var total = 0
    private let capacity: Int
    /// Differs from process to process, so that a sender cannot choose ids that all meet in one place.
    private let seed: UInt64

    private static let pageBits = 10

    struct Kept: Hashable, Sendable {
        var id: CommandID
        var fingerprint: UInt64
        private var ticket: TicketNumber
        private var token: Token
        private var position: Position

        init(_ answer: Answer, for stamp: CommandStamp) {
            (id, fingerprint) = (stamp.id, stamp.fingerprint)
            (ticket, token, position) = (answer.ticket, answer.token, answer.position)
        }

        var answer: Answer { Answer(ticket: ticket, token: token, position: position) }
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
        table = Array(repeating: Slot(), count: 64)
    }

    func look(up stamp: CommandStamp) -> Lookup {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.answersForgotten) { return .unknown }
        #endif
        guard let index = find(stamp.id) else { return .unknown }
        let kept = self[index]
        #if PLANTED_BUGS
            if PlantedBug.isActive(.conflictUnnoticed) { return .known(kept.answer) }
        #endif
        return kept.fingerprint == stamp.fingerprint ? .known(kept.answer) : .conflict
    }

    /// Writes an answer down, unless there is one under the id already.
    mutating func keep(_ answer: Answer, for stamp: CommandStamp) {
        guard find(stamp.id) == nil else { return }
        let index = total % capacity
        if total >= capacity { drop(index) }
        write(Kept(answer, for: stamp), at: index)
        total += 1
        if 2 * count > table.count { grow() }
        insert(Slot(index: index, hash: hash(stamp.id)))
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

    private func hash(_ id: CommandID) -> UInt32 {
        let product = (id.high ^ seed).multipliedFullWidth(by: id.low ^ 0x9e37_79b9_7f4a_7c15)
        return UInt32(truncatingIfNeeded: (product.high ^ product.low) &* 0xd6e8_feb8_6659_fd93 >> 32)
    }

    private func home(_ hash: UInt32) -> Int { Int(hash) & (table.count - 1) }

    private func next(_ place: Int) -> Int { (place + 1) & (table.count - 1) }

    private func find(_ id: CommandID) -> Int? {
        let hash = hash(id)
        var place = home(hash)
        while let slot = table[place].taken {
            if slot.hash == hash {
                let kept = pages[slot.index >> Self.pageBits][slot.index & (1 << Self.pageBits - 1)].id
                // Not `==`, which another module has, and which is called through a table.
                if kept.low == id.low, kept.high == id.high { return slot.index }
            }
            place = next(place)
        }
        return nil
    }

    private mutating func insert(_ slot: Slot) {
        guard let hash = slot.taken?.hash else { return }
        var place = home(hash)
        while table[place].taken != nil { place = next(place) }
        table[place] = slot
    }

    /// Takes an answer out of the table, and moves up those that stood behind it because of it.
    private mutating func drop(_ index: Int) {
        let mask = table.count - 1
        var free = home(hash(self[index].id))
        while table[free].taken?.index != index { free = next(free) }
        var place = next(free)
        while let slot = table[place].taken {
            if (place - home(slot.hash)) & mask >= (place - free) & mask {
                table[free] = table[place]
                free = place
            }
            place = next(place)
        }
        table[free] = Slot()
    }

    private mutating func grow() {
        let old = table
        table = Array(repeating: Slot(), count: 2 * old.count)
        for slot in old { insert(slot) }
    }

    /// A place in the table. The hash is kept here, so that looking for what is not there, which is what happens with
    /// nearly every command, does not touch the ring.
    private struct Slot: Sendable {
        /// The hash above, the index plus 1 below; 0 is free.
        private var word: UInt64 = 0

        init() {}

        init(index: Int, hash: UInt32) {
            word = UInt64(hash) << 32 | UInt64(index + 1)
        }

        var taken: (index: Int, hash: UInt32)? {
            word == 0 ? nil : (Int(word & 0xffff_ffff) - 1, UInt32(word >> 32))
        }
    }
}
