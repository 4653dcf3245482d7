import Foundation
import Glibc

/// Where the processes of a desk listen: `DATA/endpoints.json`, written by `up`, and by a broker and a coordinator that are
/// started by themselves.
struct Endpoints: Codable, Equatable {
    var broker = "tcp://127.0.0.1:7601"
    var coordinator = "tcp://127.0.0.1:7602"
    var http = "http://127.0.0.1:7680"

    /// The file's content, or the defaults when there is none.
    static func load(_ folder: DataFolder) throws -> Endpoints {
        guard FileManager.default.fileExists(atPath: folder.endpointsPath) else { return Endpoints() }
        do {
            return try JSONDecoder().decode(
                Self.self, from: Data(contentsOf: URL(filePath: folder.endpointsPath)))
        } catch {
            throw Failure(
                .usage,
                "\(folder.endpointsPath) is not what Switchboard writes: delete it, or give --endpoint")
        }
    }

    func write(_ folder: DataFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try TextFile.write(
            String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: folder.endpointsPath)
    }
}

extension Endpoints {
    /// Keeps where a process of a folder listens now, so that people's commands find it there.
    ///
    /// Two processes may do so at the same time; each changes only what is its own.
    static func keep(_ folder: DataFolder, _ change: (inout Endpoints) -> Void) throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.noInput, "\(folder.path) cannot be opened, \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        // Held for moments; a file system without locks has none to wait for.
        _ = flock(descriptor, LOCK_EX)
        var endpoints = Endpoints()
        do {
            endpoints = try load(folder)
        } catch {
            // What cannot be read helps nobody; it is written anew.
        }
        let before = endpoints
        change(&endpoints)
        let exists = FileManager.default.fileExists(atPath: folder.endpointsPath)
        if endpoints != before || !exists { try endpoints.write(folder) }
    }

    /// Where to connect to what listens on all of a machine's addresses.
    static func local(_ endpoint: String) -> String {
        for (wildcard, address) in [
            ("://0.0.0.0:", "://127.0.0.1:"), ("://*:", "://127.0.0.1:"), ("://[::]:", "://[::1]:"),
        ] {
            if let range = endpoint.range(of: wildcard) {
                return endpoint.replacingCharacters(in: range, with: address)
            }
        }
        return endpoint
    }
}

/// Small files of text, read and written whole.
enum TextFile {
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(
                .cannotCreate, "\(path) cannot be written: check the folder's permissions and the free space")
        }
    }

    static func read(_ path: String) throws -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Failure(
                .noInput,
                "\(path) \(exists ? "cannot be read: check its permissions" : "does not exist: correct the path")"
            )
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(.usage, "\(path) is not UTF-8: save it as UTF-8")
        }
        return text
    }
}
