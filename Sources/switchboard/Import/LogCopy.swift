import Desk
import Foundation
import Glibc
import Imports
import Storage
import StorageSQLite
import Tickets

/// Makes a data folder out of an exported log: beside its place, and moved there when all of it is written and verified.
struct LogCopy {
    private let file: String
    private let config: String?

    init(_ file: String, config: String?) {
        self.file = file
        self.config = config
    }

    /// - Throws: What is wrong, with the number of its line; the folder is not there then.
    func make(_ folder: DataFolder) throws -> VerifyReport {
        try Self.requireNew(folder)
        Self.sweep(folder)
        let half = DataFolder("\(folder.path).importing-\(getpid())")
        do {
            let report = try write(half)
            guard rename(half.path, folder.path) == 0 else {
                throw Failure(
                    .cannotCreate,
                    "the data folder \(folder.path) cannot be made, \(String(cString: strerror(errno))): choose another"
                )
            }
            return report
        } catch {
            // What could not be removed is not what the person has to know first.
            try? FileManager.default.removeItem(atPath: half.path)
            throw error
        }
    }

    private func write(_ folder: DataFolder) throws -> VerifyReport {
        // Closed when it returns: what is moved is what is on disk.
        let desk = try NewDesk(folder)
        var lines = try ExportReader(file)
        try lines.begin()
        while let turn = try lines.next() { try desk.append(copy: turn) }
        try desk.finishLog()
        // Before anything is folded that trusts a log.
        let report = try VerifyReport(folder, config: config)
        guard report.ok else {
            let first = report.invariants.first { $0.violations > 0 }
            throw Failure(
                .refused,
                "\(file): its log breaks the rule \(first?.name ?? "?"), \(first?.details.first ?? "?"): export it again, "
                    + "from a desk that `verify` finds sound")
        }
        try desk.foldView()
        return report
    }

    /// Removes what imports into the same folder left beside it that were killed, and says so. What belongs to a process
    /// that is there stays.
    private static func sweep(_ folder: DataFolder) {
        let parent = (folder.path as NSString).deletingLastPathComponent
        let beginning = (folder.path as NSString).lastPathComponent + ".importing-"
        // Where nothing can be listed there is nothing to remove.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names.sorted() where name.hasPrefix(beginning) {
            guard let process = pid_t(name.dropFirst(beginning.count)), process > 0 else { continue }
            // This process has none yet: one of its number was another's.
            guard process == getpid() || (kill(process, 0) != 0 && errno == ESRCH) else { continue }
            let path = (parent as NSString).appendingPathComponent(name)
            do {
                try FileManager.default.removeItem(atPath: path)
                Terminal.note(
                    "switchboard: removed \(path), which an import left that did not come to its end")
            } catch {
                Terminal.note("switchboard: \(path) is of an import that did not come to its end: remove it")
            }
        }
    }

    private static func requireNew(_ folder: DataFolder) throws {
        // What cannot be listed is not there, or no folder.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            guard access(folder.path, F_OK) != 0 else {
                throw Failure(.cannotCreate, "\(folder.path) is a file: choose a new folder")
            }
            return
        }
        guard names.isEmpty else {
            throw Failure(
                .usage, "\(folder.path) is not empty: choose a new folder, a log is not added to another")
        }
    }
}

/// Reads an export turn by turn, and checks each against the digests that were written with it.
struct ExportReader: ~Copyable {
    /// More than any event of a desk; a turn of them is bounded too.
    private static let lineBytesMax = 64 << 20
    private static let turnBytesMax = 512 << 20

    private let file: String
    private var lines: LineReader
    private let coding = LogLineCoding()
    private var progress = Progress(of: 0)
    private var number = 0
    private var events: UInt64 = 0
    private var chain = Chain.start
    private var epoch: UInt64 = 1

    init(_ file: String) throws {
        self.file = file
        lines = try LineReader(path: file, lineBytesMax: Self.lineBytesMax)
    }

    /// Reads the first line; to be called once, before all else.
    mutating func begin() throws {
        guard let bytes = try nextLine() else {
            throw Failure(.usage, "\(file) is empty: it is no export of a log")
        }
        do {
            events = try coding.heading(bytes).events
        } catch {
            throw flaw(error.description)
        }
        progress = Progress(of: events)
    }

    /// The next turn; nil after the last one.
    mutating func next() throws -> StoredTurn? {
        var (records, bytesRead) = ([Record](), 0)
        while let bytes = try nextLine() {
            bytesRead += bytes.count
            guard bytesRead <= Self.turnBytesMax else {
                throw flaw("this turn has more than any desk writes")
            }
            let (line, record) = try read(bytes)
            let expected = chain.position.rawValue + UInt64(records.count) + 1
            guard line.position == expected else {
                throw flaw(
                    "this is event \(line.position), and event \(expected) is to follow: lines are missing, or moved"
                )
            }
            records.append(record)
            guard let end = line.turnEnd else { continue }
            progress.show(line.position)
            return try sealed(records, end)
        }
        progress.end()
        guard records.isEmpty, chain.position.rawValue == events else {
            throw Failure(
                .usage,
                "\(file) ends after event \(chain.position.rawValue + UInt64(records.count)) of \(events): it is a part of "
                    + "an export, get all of it")
        }
        return nil
    }

    private mutating func sealed(_ records: [Record], _ end: LogLine.TurnEnd) throws -> StoredTurn {
        guard end.epoch >= epoch, end.epoch <= UInt64(Int64.max) / 2 else {
            throw flaw("`turnEnd.epoch` is \(end.epoch) after \(epoch): epochs only grow")
        }
        epoch = end.epoch
        _ = LogRow(sealing: records, epoch: epoch, onto: &chain)
        guard LogLine.TurnEnd(epoch: epoch, digest: chain.digest).digest == end.digest else {
            throw flaw(
                "the digest of the turn that ends here is another: a line of it, or one before, is not as it was exported"
            )
        }
        return StoredTurn(epoch: epoch, records: records)
    }

    private func read(_ bytes: [UInt8]) throws -> (LogLine, Record) {
        do {
            let line = try coding.line(bytes)
            return (line, try line.record())
        } catch {
            throw flaw(error.description)
        }
    }

    private mutating func nextLine() throws -> [UInt8]? {
        guard let line = try lines.next() else { return nil }
        number += 1
        guard case .bytes(let bytes) = line else {
            throw flaw("this line has more than \(Self.lineBytesMax >> 20) MiB, and no event has")
        }
        return bytes
    }

    private func flaw(_ reason: String) -> Failure {
        Failure(.usage, "\(file), line \(number): \(reason); correct it, or export the log again")
    }
}
