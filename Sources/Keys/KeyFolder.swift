package import Tickets
import ZeroMQ

/// The folder that holds a cluster's keys and the list of those that may connect.
///
/// `broker.key` and `coordinator.key` are the servers'; `NAME.key` is that of a person, a channel or a node;
/// `authorized` says which public keys are let in, and as whom. Processes may use a folder at the same time.
/// Nothing is ever overwritten, and every file is complete or absent, also after a crash.
package struct KeyFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package static let brokerName: Name = "broker"
    package static let coordinatorName: Name = "coordinator"

    /// The list for a ``KeyRegistry``.
    package var authorizedPath: String { "\(path)/authorized" }

    package func keyPath(_ name: Name) -> String { "\(path)/\(name.text).key" }

    /// Whether ``create()`` was here and came to its end.
    package var isComplete: Bool { FileAccess.exists(authorizedPath) }

    /// Makes the servers' keys and one key for each role: `admin`, `agent`, `client`, `node`.
    ///
    /// They are for what one machine starts and for the people at it, so all of them but `client` speak for
    /// everybody: give other machines and people keys of their own, with ``add(role:name:scope:)``.
    ///
    /// The list is written last. Without it an earlier call was interrupted: what that one made is kept, and
    /// the rest is made now.
    ///
    /// - Throws: ``KeyError/exists(path:)`` when the folder has its keys.
    package func create() throws(KeyError) {
        try FileAccess.makeFolder(path)
        try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            guard !isComplete else { throw .exists(path: authorizedPath) }
            let broker = try keep(Self.brokerName, .desk, nil, nil)
            let coordinator = try keep(Self.coordinatorName, .coordinator, broker.keys.publicKey, nil)
            var all = [broker, coordinator]
            for role in [Role.admin, .agent, .client, .node] {
                guard let name = Name(role.word) else { preconditionFailure("every role's word is a name") }
                all.append(try keep(name, role, broker.keys.publicKey, coordinator.keys.publicKey))
            }
            let keys = all.map {
                AuthorizedKey(
                    publicKey: $0.keys.publicKey, userID: $0.userID, scope: Self.commonScope(of: $0.role))
            }
            try AuthorizedKeys(keys).replace(authorizedPath)
        }
    }

    /// Makes a key and lets it in. A registry notices within a second.
    ///
    /// - Throws: ``KeyError/exists(path:)`` when the name has a key.
    package func add(role: Role, name: Name, scope: NameScope = .own) throws(KeyError) -> KeyFile {
        try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            guard !authorized.keys.contains(where: { $0.userID.name == name }) else {
                throw .exists(path: keyPath(name))
            }
            let servers = try servers()
            let key = try make(name, role, servers.broker, servers.coordinator, servers.next)
            authorized.keys.append(
                AuthorizedKey(publicKey: key.keys.publicKey, userID: key.userID, scope: scope))
            try authorized.replace(authorizedPath)
            return key
        }
    }

    /// Says anew for whom a name's keys may speak. A registry notices within a second, for connections too.
    ///
    /// - Throws: ``KeyError/unknownName(name:path:)``.
    package func allow(name: Name, scope: NameScope) throws(KeyError) {
        try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            guard authorized.keys.contains(where: { $0.userID.name == name }) else {
                throw .unknownName(name: name.text, path: authorizedPath)
            }
            for index in authorized.keys.indices where authorized.keys[index].userID.name == name {
                authorized.keys[index].scope = scope
            }
            try authorized.replace(authorizedPath)
        }
    }

    /// Makes a second key for a name and puts it in the place of its file; the first still opens until
    /// ``retire(name:)``, so whoever has it goes on until it has the new file.
    ///
    /// - Throws: ``KeyError/unknownName(name:path:)``, ``KeyError/serverKey(name:)``, or
    ///   ``KeyError/notRetired(name:)`` when there are two already.
    package func rotate(name: Name) throws(KeyError) -> KeyFile {
        guard name != Self.brokerName, name != Self.coordinatorName else {
            throw .serverKey(name: name.text)
        }
        return try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            let old = authorized.keys.filter { $0.userID.name == name }
            guard let first = old.first else { throw .unknownName(name: name.text, path: authorizedPath) }
            guard old.count < AuthorizedKeys.keysPerName else { throw .notRetired(name: name.text) }
            let servers = try servers()
            var file = KeyFile(
                role: first.userID.role, name: name, keys: try Self.newPair(), broker: servers.broker,
                coordinator: servers.coordinator)
            (file.nextBroker, file.nextCoordinator) = servers.next
            authorized.keys.append(
                AuthorizedKey(publicKey: file.keys.publicKey, userID: first.userID, scope: first.scope))
            // The list first: a crash in between leaves a key that nobody has.
            try authorized.replace(authorizedPath)
            try file.replace(keyPath(name))
            return file
        }
    }

    /// Shuts out all keys of a name but the newest.
    ///
    /// - Returns: How many those were.
    /// - Throws: ``KeyError/unknownName(name:path:)``.
    @discardableResult
    package func retire(name: Name) throws(KeyError) -> Int {
        try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            guard let newest = authorized.keys.last(where: { $0.userID.name == name }) else {
                throw .unknownName(name: name.text, path: authorizedPath)
            }
            let before = authorized.keys.count
            authorized.keys.removeAll { $0.userID.name == name && $0 != newest }
            try authorized.replace(authorizedPath)
            return before - authorized.keys.count
        }
    }

    /// The keys that may connect, oldest first.
    package func list() throws(KeyError) -> [AuthorizedKey] {
        try AuthorizedKeys.read(authorizedPath).keys.keys
    }

    /// Shuts a name's keys out, and deletes their file here if there is one. A registry notices within a second.
    ///
    /// - Throws: ``KeyError/unknownName(name:path:)``, or ``KeyError/serverKey(name:)`` for a server's own
    ///   key.
    package func revoke(name: Name) throws(KeyError) {
        guard name != Self.brokerName, name != Self.coordinatorName else {
            throw .serverKey(name: name.text)
        }
        try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            guard authorized.keys.contains(where: { $0.userID.name == name }) else {
                throw .unknownName(name: name.text, path: authorizedPath)
            }
            authorized.keys.removeAll { $0.userID.name == name }
            try authorized.replace(authorizedPath)
            // After the list: a crash in between leaves a file that opens nothing.
            try FileAccess.remove(keyPath(name))
        }
    }

    /// The key file of a name.
    package func load(_ name: Name) throws(KeyError) -> KeyFile {
        try KeyFile.load(keyPath(name))
    }

    /// The key of this name: the one that is there, else a new one.
    private func keep(
        _ name: Name, _ role: Role, _ broker: Z85Key?, _ coordinator: Z85Key?
    ) throws(KeyError) -> KeyFile {
        guard !FileAccess.exists(keyPath(name)) else { return try load(name) }
        return try make(name, role, broker, coordinator)
    }

    /// The servers' public keys, and those that they are about to have.
    private func servers() throws(KeyError) -> (broker: Z85Key, coordinator: Z85Key, next: NextKeys) {
        (
            try load(Self.brokerName).keys.publicKey, try load(Self.coordinatorName).keys.publicKey,
            (try nextKey(Self.brokerName), try nextKey(Self.coordinatorName))
        )
    }

    private typealias NextKeys = (broker: Z85Key?, coordinator: Z85Key?)

    private func make(
        _ name: Name, _ role: Role, _ broker: Z85Key?, _ coordinator: Z85Key?, _ next: NextKeys = (nil, nil)
    ) throws(KeyError) -> KeyFile {
        var file = KeyFile(
            role: role, name: name, keys: try Self.newPair(), broker: broker, coordinator: coordinator)
        (file.nextBroker, file.nextCoordinator) = next
        try file.write(to: keyPath(name))
        return file
    }

    static func newPair() throws(KeyError) -> CurveKeyPair {
        do {
            return try CurveKeyPair.generate()
        } catch {
            throw .noKeyPair(reason: "\(error)")
        }
    }

    /// For whom the key speaks that a folder has for each role.
    private static func commonScope(of role: Role) -> NameScope {
        switch role {
        case .node, .agent, .lead, .colleague, .admin: .any
        case .client, .desk, .coordinator: .own
        }
    }
}
