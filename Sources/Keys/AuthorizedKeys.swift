package import Tickets
package import ZeroMQ

/// A key that may connect, and as whom.
package struct AuthorizedKey: Hashable, Sendable {
    package var publicKey: Z85Key
    package var userID: UserID
    package var scope: NameScope

    package init(publicKey: Z85Key, userID: UserID, scope: NameScope = .own) {
        self.publicKey = publicKey
        self.userID = userID
        self.scope = scope
    }

    /// What connections with this key are called, in the `User-Id` of each message: the user, and which of the user's
    /// keys it was. So a connection whose key was replaced under the same name is told from those with the new one.
    package var credential: String { "\(userID.text)/\(publicKey.text.prefix(Self.markCount))" }

    /// Characters of the public key: enough that no two keys of a list begin alike by chance.
    private static let markCount = 10

    /// Whether its owner may act under a name: that of the key, or one of its scope.
    package func maySpeak(for name: Name) -> Bool { name == userID.name || scope.covers(name) }
}

/// The file `authorized`: a line `<public key> <role> <name> [<scope>]` for each key that may connect.
///
/// A user has one key, or two of equal role and scope while one is being replaced; the newer stands below. A line that
/// begins with `#` is a remark. No key does: the first of a key's characters is one of the first 83 of Z85's 85, and
/// `#` is the last of all.
package struct AuthorizedKeys {
    package var keys: [AuthorizedKey]

    /// Keys that a user may have at a time.
    static let keysPerName = 2

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

    /// Reads the text of such a file. Total; the path is for errors.
    package init(text: String, path: String) throws(KeyError) {
        keys = []
        var known: Set<String> = []
        var ofName: [Name: [AuthorizedKey]] = [:]
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = String(Substring(line)).trimmed
            guard !line.isEmpty, line.utf8.first != UInt8(ascii: "#") else { continue }
            guard let key = AuthorizedKey(line: line) else {
                throw .malformed(
                    path: path, line: index + 1,
                    what:
                        "a line is a public key of 40 characters, a role, a name, and if need be a scope, `*` or "
                        + "`berlin-*`")
            }
            let others = ofName[key.userID.name, default: []]
            // By what the keys begin with: that is what tells connections apart.
            guard known.insert(key.credential).inserted, known.insert(key.publicKey.text).inserted,
                others.count < Self.keysPerName,
                others.allSatisfy({ $0.userID == key.userID && $0.scope == key.scope })
            else {
                throw .malformed(
                    path: path, line: index + 1,
                    what:
                        "the key is there twice, or its name is with another role or scope, or with more than "
                        + "\(Self.keysPerName) keys")
            }
            ofName[key.userID.name] = others + [key]
            keys.append(key)
        }
    }

    package var text: String {
        keys.map { key in
            let scope = key.scope == .own ? "" : " \(key.scope.text)"
            return "\(key.publicKey.text) \(key.userID.role.word) \(key.userID.name.text)\(scope)\n"
        }.joined()
    }

    /// Readable by others, as nothing in it is secret; writable by its owner alone.
    func replace(_ path: String) throws(KeyError) {
        try FileAccess.replace(path, text, mode: 0o644)
    }
}

extension AuthorizedKey {
    fileprivate init?(line: String) {
        let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        guard (3...4).contains(words.count), let publicKey = Z85Key(words[0]),
            let role = Role(word: words[1]),
            let name = Name(words[2])
        else { return nil }
        var scope = NameScope.own
        if words.count == 4 {
            guard let given = NameScope(words[3]) else { return nil }
            scope = given
        }
        self.init(publicKey: publicKey, userID: UserID(role: role, name: name), scope: scope)
    }
}
