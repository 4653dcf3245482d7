import Tickets
package import ZeroMQ

/// A key that may connect, and as whom.
package struct AuthorizedKey: Hashable, Sendable {
    package var publicKey: Z85Key
    package var userID: UserID

    package init(publicKey: Z85Key, userID: UserID) {
        self.publicKey = publicKey
        self.userID = userID
    }
}

/// The file `authorized`: a line `<public key> <role> <name>` for each key that may connect.
///
/// A line that begins with `#` is a remark. No key does: the first of a key's characters is one of the first
/// 83 of Z85's 85, and `#` is the last of all.
struct AuthorizedKeys {
    var keys: [AuthorizedKey]

    /// Reads the file. One wrong line refuses all of it: nobody can tell who it was meant to keep out.
    static func read(_ path: String) throws(KeyError) -> (keys: AuthorizedKeys, stamp: FileStamp) {
        let content = try FileAccess.read(path)
        guard content.mode & 0o022 == 0 else {
            throw .tooOpen(path: path, mode: content.mode, wanted: "go-w")
        }
        return (try AuthorizedKeys(text: content.text, path: path), content.stamp)
    }

    init(_ keys: [AuthorizedKey]) {
        self.keys = keys
    }

    init(text: String, path: String) throws(KeyError) {
        keys = []
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = String(Substring(line)).trimmed
            guard !line.isEmpty, line.utf8.first != UInt8(ascii: "#") else { continue }
            let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard words.count == 3, let publicKey = Z85Key(words[0]), let role = Role(word: words[1]),
                let name = Name(words[2])
            else {
                throw .malformed(
                    path: path, line: index + 1,
                    what: "a line is a public key of 40 characters, a role and a name")
            }
            let key = AuthorizedKey(publicKey: publicKey, userID: UserID(role: role, name: name))
            guard !keys.contains(where: { $0.publicKey == publicKey || $0.userID.name == name }) else {
                throw .malformed(path: path, line: index + 1, what: "the key or the name is there twice")
            }
            keys.append(key)
        }
    }

    var text: String {
        keys.map { "\($0.publicKey.text) \($0.userID.role.word) \($0.userID.name.text)\n" }.joined()
    }

    /// Readable by others, as nothing in it is secret; writable by its owner alone.
    func replace(_ path: String) throws(KeyError) {
        try FileAccess.replace(path, text, mode: 0o644)
    }
}
