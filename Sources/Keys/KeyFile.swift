package import Tickets
package import ZeroMQ

/// Everything that one party needs to connect: who it is, its keys, and the public keys of the servers.
///
/// On disk it is a small text file of `field: value` lines with mode 0600. It holds a secret: nobody but its
/// owner may read it, and loading refuses one that others can.
package struct KeyFile: Hashable, Sendable {
    package var role: Role
    package var name: Name
    package var keys: CurveKeyPair
    /// The broker's public key; nil when this party never talks to one.
    package var broker: Z85Key?
    /// The coordinator's public key; nil when this party never talks to one.
    package var coordinator: Z85Key?
    /// What the broker's public key is about to be; nil unless it is being replaced.
    package var nextBroker: Z85Key?
    /// The same of the coordinator's.
    package var nextCoordinator: Z85Key?

    package init(
        role: Role, name: Name, keys: CurveKeyPair, broker: Z85Key? = nil, coordinator: Z85Key? = nil
    ) {
        self.role = role
        self.name = name
        self.keys = keys
        self.broker = broker
        self.coordinator = coordinator
    }

    /// What those who receive this party's messages call it.
    package var userID: UserID { UserID(role: role, name: name) }

    /// How this party's connection to the broker is secured; nil when the file names no broker.
    ///
    /// `isInsecureLoopback` says that the broker was told to do without CURVE. Nothing finds that out by itself: a
    /// client that a server can talk out of CURVE has none.
    package func brokerSecurity(isInsecureLoopback: Bool = false) -> Security? {
        brokerSecurities(isInsecureLoopback: isInsecureLoopback).first
    }

    /// The same for each key that the broker may have, the one that it has first: whoever meets another tries on.
    package func brokerSecurities(isInsecureLoopback: Bool = false) -> [Security] {
        if isInsecureLoopback { return [.loopbackClient(name: name.text)] }
        return securities([broker, nextBroker])
    }

    /// How this party's connection to the coordinator is secured, for each key that it may have.
    package var coordinatorSecurities: [Security] { securities([coordinator, nextCoordinator]) }

    private func securities(_ servers: [Z85Key?]) -> [Security] {
        servers.compactMap { $0 }.map { .client(server: $0, keys: keys) }
    }

    /// Reads a key file.
    ///
    /// - Throws: ``KeyError/tooOpen(path:mode:wanted:)`` when group or others may read or write it,
    ///   ``KeyError/malformed(path:line:what:)`` when it is not what ``write(to:)`` writes.
    package static func load(_ path: String) throws(KeyError) -> KeyFile {
        let content = try FileAccess.read(path)
        guard content.mode & 0o077 == 0 else {
            throw .tooOpen(path: path, mode: content.mode, wanted: "600")
        }
        return try KeyFile(text: content.text, path: path)
    }

    /// Writes a new file with mode 0600, complete and on disk.
    ///
    /// - Throws: ``KeyError/exists(path:)`` when there is one; it is left alone.
    package func write(to path: String) throws(KeyError) {
        try FileAccess.create(path, text, mode: 0o600)
    }

    /// Puts it in the place of the file that is there: readers see the old key or the new one.
    func replace(_ path: String) throws(KeyError) {
        try FileAccess.replace(path, text, mode: 0o600)
    }
}

extension KeyFile {
    private enum Field: String, CaseIterable {
        case role, name, `public`, secret, broker, coordinator
        case nextBroker = "next-broker"
        case nextCoordinator = "next-coordinator"
    }

    package var text: String {
        var lines = [
            "# A key of Switchboard. Whoever has this file can act as \(userID.text): keep it secret.",
            "role: \(role.word)", "name: \(name.text)", "public: \(keys.publicKey.text)",
            "secret: \(keys.secretKey.text)",
        ]
        if let broker { lines.append("broker: \(broker.text)") }
        if let coordinator { lines.append("coordinator: \(coordinator.text)") }
        if let nextBroker { lines.append("next-broker: \(nextBroker.text)") }
        if let nextCoordinator { lines.append("next-coordinator: \(nextCoordinator.text)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the text of such a file. Total. Lines that are empty or start with `#` say nothing. The path is for
    /// errors.
    package init(text: String, path: String) throws(KeyError) {
        let values = try Self.values(in: text, path)
        guard let role = values[.role].flatMap({ Role(word: $0) }) else {
            throw .malformed(
                path: path, line: 0,
                what: "`role:` must be one of \(Role.allCases.map(\.word).joined(separator: ", "))")
        }
        guard let name = values[.name].flatMap({ Name($0) }) else {
            throw .malformed(path: path, line: 0, what: "`name:` must be 1 to 64 of A-Z a-z 0-9 . _ @ -")
        }
        guard let secret = try Self.key(values, .secret, path) else {
            throw .malformed(path: path, line: 0, what: "`secret:` is missing")
        }
        let keys: CurveKeyPair
        do {
            keys = try CurveKeyPair(secret: secret)
        } catch {
            throw .malformed(path: path, line: 0, what: "`secret:` is no CURVE key")
        }
        guard values[.public] == keys.publicKey.text else {
            throw .malformed(path: path, line: 0, what: "`public:` is not the public key of `secret:`")
        }
        self.init(
            role: role, name: name, keys: keys, broker: try Self.key(values, .broker, path),
            coordinator: try Self.key(values, .coordinator, path))
        nextBroker = try Self.key(values, .nextBroker, path)
        nextCoordinator = try Self.key(values, .nextCoordinator, path)
    }

    private static func values(in text: String, _ path: String) throws(KeyError) -> [Field: String] {
        var values: [Field: String] = [:]
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = String(Substring(line)).trimmed
            guard !line.isEmpty, line.utf8.first != UInt8(ascii: "#") else { continue }
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")),
                let field = Field(rawValue: String(line[..<colon]))
            else {
                let fields = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw .malformed(
                    path: path, line: index + 1, what: "a line is one of \(fields), then `: ` and a value")
            }
            guard values[field] == nil else {
                throw .malformed(path: path, line: index + 1, what: "`\(field.rawValue):` is there twice")
            }
            values[field] = String(line[line.utf8.index(after: colon)...]).trimmed
        }
        return values
    }

    private static func key(
        _ values: [Field: String], _ field: Field, _ path: String
    ) throws(KeyError) -> Z85Key? {
        guard let text = values[field] else { return nil }
        guard let key = Z85Key(text) else {
            throw .malformed(
                path: path, line: 0, what: "`\(field.rawValue):` must be a key of 40 characters (Z85)")
        }
        return key
    }
}

extension String {
    /// Without spaces, tabs and carriage returns at either end; on bytes, because Swift's characters combine.
    var trimmed: String {
        var bytes = utf8[...]
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
