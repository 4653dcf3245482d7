import Foundation

/// Where the processes of a desk listen: `DATA/endpoints.json`, written by `up`.
struct Endpoints: Codable {
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
                "\(folder.endpointsPath) is not what `switchboard up` writes: delete it, or give --endpoint")
        }
    }

    func write(_ folder: DataFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try TextFile.write(
            String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: folder.endpointsPath)
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
