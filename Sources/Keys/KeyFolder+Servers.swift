package import Tickets
package import ZeroMQ

/// How a server gets a new key while everybody who connects to it goes on.
///
/// A connection begins with the server's public key, so those who connect must know the new one before the server has
/// it. So it is done in two steps: ``prepareServer(name:)`` makes the key and has every file of the folder name it beside
/// the old one, and ``replaceServer(name:)`` gives it to the server, for its next start. In between the files are handed
/// out again; whoever has one tries both keys.
extension KeyFolder {
    static let serverNames = [brokerName, coordinatorName]

    /// The file of a server's next key; there is one from the first step to the second.
    package func nextKeyPath(_ name: Name) -> String { "\(keyPath(name)).next" }

    /// The public key that a server has after its next start, if that is another one.
    func nextKey(_ name: Name) throws(KeyError) -> Z85Key? {
        guard FileAccess.exists(nextKeyPath(name)) else { return nil }
        return try KeyFile.load(nextKeyPath(name)).keys.publicKey
    }

    /// The public keys that a server may have, the one that it has first; those that cannot be read are left out.
    package func serverKeys(_ name: Name) -> [Z85Key] {
        [keyPath(name), nextKeyPath(name)].compactMap { path in
            // There is no next one most of the time, and the first may be being replaced by somebody with less care.
            (try? KeyFile.load(path))?.keys.publicKey
        }
    }

    /// Makes a server's next key, lets it in, and names it in every key file of the folder. Each of these is done if it
    /// was not yet: after a crash, or with files that came later, it can be called again.
    ///
    /// - Throws: ``KeyError/notServer(name:)`` for any other name.
    package func prepareServer(name: Name) throws(KeyError) -> KeyFile {
        guard Self.serverNames.contains(name) else { throw .notServer(name: name.text) }
        return try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            let next = try keepNext(name)
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            guard let old = authorized.keys.last(where: { $0.userID.name == name }) else {
                throw .unknownName(name: name.text, path: authorizedPath)
            }
            if !authorized.keys.contains(where: { $0.publicKey == next.keys.publicKey }) {
                authorized.keys.append(
                    AuthorizedKey(publicKey: next.keys.publicKey, userID: old.userID, scope: old.scope))
                try authorized.replace(authorizedPath)
            }
            try changeFiles { $0.expect(next.keys.publicKey, of: name) }
            return next
        }
    }

    /// Gives a server its next key, for its next start, and takes the old one out of the list and of every key file.
    ///
    /// Its connections go on until then, and the files that were handed out before name both.
    ///
    /// - Returns: The public key, or nil when there is no next one.
    /// - Throws: ``KeyError/notServer(name:)`` for any other name.
    @discardableResult
    package func replaceServer(name: Name) throws(KeyError) -> Z85Key? {
        guard Self.serverNames.contains(name) else { throw .notServer(name: name.text) }
        return try FileAccess.withLock(onFolder: path) { () throws(KeyError) in
            guard FileAccess.exists(nextKeyPath(name)) else { return nil }
            // The file of the next key goes last: until then all of this can be done again.
            let next = try KeyFile.load(nextKeyPath(name))
            try next.replace(keyPath(name))
            try changeFiles { $0.replace(next.keys.publicKey, of: name) }
            var authorized = try AuthorizedKeys.read(authorizedPath).keys
            authorized.keys.removeAll { $0.userID.name == name && $0.publicKey != next.keys.publicKey }
            try authorized.replace(authorizedPath)
            try FileAccess.remove(nextKeyPath(name))
            return next.keys.publicKey
        }
    }

    private func keepNext(_ name: Name) throws(KeyError) -> KeyFile {
        if FileAccess.exists(nextKeyPath(name)) { return try KeyFile.load(nextKeyPath(name)) }
        var next = try load(name)
        next.keys = try Self.newPair()
        try next.write(to: nextKeyPath(name))
        return next
    }

    /// Changes every key file of the folder that is not as it should be. Of the servers too: each connects to the other.
    private func changeFiles(_ change: (inout KeyFile) -> Void) throws(KeyError) {
        for path in try FileAccess.files(in: path, suffix: ".key") {
            let old = try KeyFile.load(path)
            var new = old
            change(&new)
            if new != old { try new.replace(path) }
        }
    }
}

extension KeyFile {
    /// Names a server's next key beside the one that it has, if this party connects to that server.
    mutating func expect(_ next: Z85Key, of server: Name) {
        if server == KeyFolder.brokerName, broker != nil, broker != next { nextBroker = next }
        if server == KeyFolder.coordinatorName, coordinator != nil, coordinator != next {
            nextCoordinator = next
        }
    }

    /// Names the next key alone.
    mutating func replace(_ next: Z85Key, of server: Name) {
        if server == KeyFolder.brokerName, broker != nil { (broker, nextBroker) = (next, nil) }
        if server == KeyFolder.coordinatorName, coordinator != nil {
            (coordinator, nextCoordinator) = (next, nil)
        }
    }
}
