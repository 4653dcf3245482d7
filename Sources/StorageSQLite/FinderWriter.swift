import GRDB
import Storage
import Tickets

/// Adds entries to the finder's runs, and merges runs.
final class FinderWriter {
    private struct Run {
        var id: Int64
        var count: Int

        /// Runs of one class are within a factor of eight.
        var sizeClass: Int { (Int.bitWidth - count.leadingZeroBitCount) / 3 }
    }

    private var runs: [Run] = []
    var runCount: Int { runs.count }
    /// What the fold added until now.
    private var added: [Finder.Entry] = []
    private let insertRun: HotStatement
    private let insertPart: HotStatement
    private let selectParts: HotStatement
    private let deleteRun: HotStatement
    private let deleteParts: HotStatement

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        let between = "FROM finderPart WHERE id BETWEEN ? AND ?"
        insertRun = try HotStatement(
            "INSERT INTO finderRun (id, count, fences) VALUES (?, ?, ?)", db, queue)
        insertPart = try HotStatement("INSERT INTO finderPart (id, entries) VALUES (?, ?)", db, queue)
        selectParts = try HotStatement("SELECT entries \(between) ORDER BY id", db, queue)
        deleteRun = try HotStatement("DELETE FROM finderRun WHERE id = ?", db, queue)
        deleteParts = try HotStatement("DELETE \(between)", db, queue)
        let select = try HotStatement("SELECT id, count FROM finderRun ORDER BY id", db, queue)
        try select.each { row in
            guard let id = row.integer(0), let count = row.integer(1) else { throw Finder.flaw }
            runs.append(Run(id: id, count: Int(count)))
        }
    }

    func add(_ key: Finder.Key, _ number: TicketNumber) throws(StoreError) {
        added.append(try Finder.entry(key, number))
    }

    /// Writes what was added, and merges what there are several of.
    func flush() throws {
        guard !added.isEmpty else { return }
        added.sort()
        try write(added)
        added.removeAll(keepingCapacity: true)
        while let group = mergeable() { try merge(group) }
    }

    /// The runs of a class of which there are many; nil when there is none.
    private func mergeable() -> [Run]? {
        let open = runs.filter { $0.count < Finder.runEntriesMax }
        for run in open {
            let group = open.filter { $0.sizeClass == run.sizeClass }
            if group.count >= Finder.runsPerMerge { return group }
        }
        return nil
    }

    private func merge(_ group: [Run]) throws {
        var entries: [Finder.Entry] = []
        entries.reserveCapacity(group.reduce(0) { $0 + $1.count })
        for run in group {
            bindParts(of: run, to: selectParts)
            try selectParts.each { row in
                row.withBlob(0) { Finder.append($0, to: &entries) }
            }
            bindParts(of: run, to: deleteParts)
            try deleteParts.run()
            deleteRun.bind(run.id)
            try deleteRun.run()
        }
        // Made for runs that are sorted already.
        entries.sort()
        try write(entries)
        runs.removeAll { run in group.contains { $0.id == run.id } }
    }

    private func write(_ entries: [Finder.Entry]) throws {
        let id = (runs.last?.id ?? 0) + 1
        var fences: [Finder.Entry] = []
        for start in stride(from: 0, to: entries.count, by: Finder.partEntries) {
            let part = entries[start...].prefix(Finder.partEntries)
            insertPart.bind(Finder.partID(run: id, fences.count))
            insertPart.bind(Finder.bytes(part))
            try insertPart.run()
            fences.append(entries[start])
        }
        insertRun.bind(id)
        insertRun.bind(Int64(entries.count))
        insertRun.bind(Finder.bytes(fences[...]))
        try insertRun.run()
        runs.append(Run(id: id, count: entries.count))
    }

    private func bindParts(of run: Run, to statement: HotStatement) {
        statement.bind(Finder.partID(run: run.id, 0))
        statement.bind(Finder.partID(run: run.id + 1, 0) - 1)
    }
}
