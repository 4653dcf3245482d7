import ArgumentParser
import Foundation
import Glibc
import Keys

/// The folder of one desk on this machine: its store, its keys, and where its processes listen.
struct DataFolder {
    let path: String

    init(_ given: String?) {
        let environment = ProcessInfo.processInfo.environment
        let chosen = given ?? environment["SWITCHBOARD_DATA"].flatMap { $0.isEmpty ? nil : $0 }
        path = Self.absolute(chosen ?? "~/.local/share/switchboard")
        isDefault = chosen == nil
    }

    /// Whether nobody named it.
    private let isDefault: Bool

    var audit: AuditFile { AuditFile(folder: path) }
    var keys: KeyFolder { KeyFolder("\(path)/keys") }
    var endpointsPath: String { "\(path)/endpoints.json" }
    var runPath: String { "\(path)/run" }
    var logsPath: String { "\(path)/logs" }

    /// Makes the folder if its parent exists.
    func create() throws {
        if isDefault { try Self.makeParents(of: path) }
        try Self.makeFolder(path)
        guard access(path, W_OK | X_OK) == 0 else {
            throw Failure(
                .cannotCreate,
                "the data folder \(path) cannot be written by this user: choose another with --data")
        }
    }

    var exists: Bool { access(path, F_OK) == 0 }

    /// Whether a desk's log is in it.
    var hasDesk: Bool { access("\(path)/log.sqlite", F_OK) == 0 }

    /// For commands that need a desk that is there.
    func require() throws {
        guard hasDesk else {
            throw Failure(
                .noInput,
                "\(path) has no desk (no log.sqlite in it): start one with `switchboard up`, or name another folder with --data"
            )
        }
    }

    func makeSubfolder(_ path: String) throws {
        try Self.makeFolder(path)
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) != 0 else { return }
        let number = errno
        var status = stat()
        if number == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        let reason =
            switch number {
            case ENOENT: "its parent folder does not exist: make that first, or choose another with --data"
            case EEXIST: "there is a file of that name: choose another with --data"
            default: "\(String(cString: strerror(number))): choose another with --data"
            }
        throw Failure(.cannotCreate, "the folder \(path) cannot be made, \(reason)")
    }

    private static func makeParents(of path: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .cannotCreate, "the folder \(parent) cannot be made: choose a data folder with --data")
        }
    }

    static func absolute(_ path: String) -> String {
        let expanded = (path as NSString).expandingTildeInPath
        let whole =
            expanded.hasPrefix("/") ? expanded : FileManager.default.currentDirectoryPath + "/" + expanded
        return (whole as NSString).standardizingPath
    }
}

/// `--data`, for every command that needs the folder.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: "The desk's data folder.", completion: .directory)
    var data: String?

    var folder: DataFolder { DataFolder(data) }
}
