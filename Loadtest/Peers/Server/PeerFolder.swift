import Glibc

/// A folder that is made for one measurement and deleted after it.
struct PeerFolder {
    let path: String

    /// Makes `parent/name-XXXXXX`.
    init(in parent: String, name: String) throws(PeerError) {
        Self.makeAll(parent)
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw PeerError.system("mkdtemp in \(parent)") }
        path = String(cString: made)
        // Servers that run as a user of their own have to reach it.
        chmod(path, 0o755)
    }

    func make(_ name: String, owner: String? = nil) throws(PeerError) -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 else { throw PeerError.system("mkdir \(folder)") }
        if let owner { try Self.give(folder, to: owner) }
        return folder
    }

    /// Does nothing unless we are root: then everything belongs to whoever runs the load test.
    static func give(_ path: String, to owner: String) throws(PeerError) {
        guard getuid() == 0 else { return }
        guard let user = getpwnam(owner) else { throw PeerError("there is no user \(owner) on this machine") }
        guard chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
            throw PeerError.system("chown \(path)")
        }
    }

    func write(_ name: String, _ text: String) throws(PeerError) -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { throw PeerError.system("fopen \(file)") }
        let isWritten = fputs(text, stream) >= 0
        guard fclose(stream) == 0, isWritten else { throw PeerError.system("write \(file)") }
        return file
    }

    /// What cannot be deleted stays: it costs disk only, and the next run makes a folder of its own.
    func delete() { Self.delete(path) }

    private static func delete(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard name != ".", name != ".." else { continue }
                let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
                if isFolder { delete("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Empty when the file cannot be read.
    static func text(of file: String) -> String {
        guard let stream = fopen(file, "r") else { return "" }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1_024)
        var text: [UInt8] = []
        while case let count = fread(&bytes, 1, bytes.count, stream), count > 0 { text += bytes[..<count] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func makeAll(_ path: String) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            // Those that exist stay; mkdtemp says what is wrong otherwise.
            mkdir(made, 0o755)
        }
    }
}
