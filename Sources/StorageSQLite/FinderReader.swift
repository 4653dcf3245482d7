import Storage
import Tickets

/// Searches the finder's runs.
struct FinderReader {
    private let runs: HotStatement
    private let part: HotStatement

    /// The statements are made by `prepare`.
    init(_ prepare: (String) throws -> HotStatement) throws {
        runs = try prepare("SELECT id, fences FROM finderRun ORDER BY id")
        part = try prepare("SELECT entries FROM finderPart WHERE id = ?")
    }

    /// Tickets after a number that may have the key, in order: all there are when there are fewer than `limit`, and
    /// at least that many otherwise.
    func numbers(of key: Finder.Key, after number: TicketNumber, limit: Int) throws -> [TicketNumber] {
        let wanted = Finder.entries(of: key, after: number)
        var found: [Finder.Entry] = []
        // Beyond this, some run may have more than was taken from it.
        var horizon = wanted.upperBound
        for (id, fences) in try allRuns() {
            let taken = try take(wanted, from: id, fences, limit: limit)
            if taken.count >= limit, let last = taken.last { horizon = min(horizon, last + 1) }
            found += taken
        }
        found.removeAll { $0 >= horizon }
        found.sort()
        var numbers: [TicketNumber] = []
        for entry in found where numbers.last != Finder.number(entry) { numbers.append(Finder.number(entry)) }
        return numbers
    }

    private func allRuns() throws -> [(id: Int64, fences: [Finder.Entry])] {
        var all: [(id: Int64, fences: [Finder.Entry])] = []
        try runs.each { row in
            guard let id = row.integer(0) else { throw Finder.flaw }
            var fences: [Finder.Entry] = []
            row.withBlob(1) { Finder.append($0, to: &fences) }
            all.append((id, fences))
        }
        return all
    }

    /// The first of the wanted entries in one run.
    private func take(
        _ wanted: Range<Finder.Entry>, from run: Int64, _ fences: [Finder.Entry], limit: Int
    ) throws -> [Finder.Entry] {
        var taken: [Finder.Entry] = []
        // The last part that begins before what is wanted is where it may begin.
        let start = max(0, fences.partitioningIndex { $0 >= wanted.lowerBound } - 1)
        for index in start..<max(start, fences.count) where fences[index] < wanted.upperBound {
            part.bind(Finder.partID(run: run, index))
            var entries: [Finder.Entry] = []
            let isThere: Void? = try part.first { $0.withBlob(0) { Finder.append($0, to: &entries) } }
            guard isThere != nil else { throw Finder.flaw }
            taken += entries.lazy.filter { wanted.contains($0) }.prefix(limit - taken.count)
            if taken.count >= limit { break }
        }
        return taken
    }
}

extension [Finder.Entry] {
    /// The index of the first element for which the condition holds; it holds for all that follow.
    fileprivate func partitioningIndex(where holds: (Finder.Entry) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
