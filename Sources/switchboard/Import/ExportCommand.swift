import ArgumentParser
import Desk
import Foundation
import Glibc
import Imports
import Storage
import StorageSQLite
import Tickets

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all of a desk's log as lines of JSON.",
        discussion: """
            A line an event, in order, with everything that the log has of it: position, time, author, command, what \
            was set, and every text under what it is: `message` of a customer, `reply` to one, `note` that none ever \
            sees. The first line says how many there are; the last line of each turn has the digest of the log up to \
            there. `switchboard import log FILE --into FOLDER` makes the same log of it again, to the byte.

            A broker may run meanwhile; what it writes after the beginning is left out. Keep the file as you keep the \
            desk: customers' texts, notes and drafts are in it.
            """)

    @Argument(help: "The desk's data folder; the same as --data.", completion: .directory)
    var folder: String?

    @Option(help: "A new file, for its owner alone. (default: standard output)", completion: .file())
    var output: String?

    @OptionGroup var data: DataOptions

    func validate() throws {
        guard folder == nil || data.data == nil else {
            throw ValidationError("the folder and --data are the same: give one of them")
        }
    }

    func run() throws {
        let folder = folder.map { DataFolder($0) } ?? data.folder
        try folder.require()
        let log = try SQLiteStore(folder: folder.path).openLogReader()
        let file = try ExportFile(output)
        do {
            try write(log, to: file)
            try file.close()
        } catch {
            file.abandon()
            throw error
        }
    }

    private func write(_ log: any LogReader, to file: ExportFile) throws {
        let end = try log.last
        let coding = LogLineCoding()
        try file.write(coding.bytes(of: LogLine.Heading(events: end.rawValue)))
        var (chain, progress) = (Chain.start, Progress(of: end.rawValue))
        while chain.position < end {
            for turn in try log.turns(after: chain.position, limit: 256) where chain.position < end {
                _ = LogRow(sealing: turn.records, epoch: turn.epoch, onto: &chain)
                for record in turn.records {
                    var line = LogLine(record)
                    if record.position == chain.position {
                        line.turnEnd = LogLine.TurnEnd(epoch: turn.epoch, digest: chain.digest)
                    }
                    try file.write(coding.bytes(of: line))
                }
                progress.show(chain.position.rawValue)
            }
        }
        progress.end()
    }
}

/// Where an export goes: standard output, or a file that is there under its name when all of it is.
private final class ExportFile {
    private static let bytesAtOnce = 1 << 18

    private let path: String?
    private let descriptor: CInt
    private var buffer: [UInt8] = []

    /// - Throws: When the file is there already, or cannot be made.
    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        guard access(path, F_OK) != 0 else {
            throw Failure(.cannotCreate, "\(path) is there already: choose another name, or remove it")
        }
        descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .cannotCreate, "\(path) cannot be made, \(String(cString: strerror(errno))): choose another")
        }
    }

    func write(_ line: [UInt8]) throws {
        buffer += line
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bytesAtOnce { try flush() }
    }

    /// Gives the file its name.
    func close() throws {
        try flush()
        guard let path else { return }
        guard fsync(descriptor) == 0, Glibc.close(descriptor) == 0, rename(path + ".part", path) == 0 else {
            throw failure()
        }
    }

    /// Removes what there is of it.
    func abandon() {
        if let path { unlink(path + ".part") }
    }

    private func flush() throws {
        var done = 0
        while done < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            done += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure() -> Failure {
        Failure(
            .inputOutput,
            "writing \(path ?? "standard output") failed, \(String(cString: strerror(errno))): nothing of it is of use"
        )
    }
}
