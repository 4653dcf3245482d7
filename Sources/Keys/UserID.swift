package import Tickets

/// What a key's owner is called: `node:line-one-a`.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package var role: Role
    package var name: Name

    package init(role: Role, name: Name) {
        self.role = role
        self.name = name
    }

    /// The role, a colon and the name: at most 76 bytes, all of them ASCII.
    package var text: String { "\(role.word):\(name.text)" }
    package var description: String { text }
}
