import ArgumentParser
import Broker
import Foundation
import Keys
import Tickets
import ZeroMQ

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and revoke the keys that may connect.",
        discussion: "A running broker and coordinator notice within a second.",
        subcommands: [
            KeysCreate.self, KeysAdd.self, KeysList.self, KeysAllow.self, KeysRotate.self, KeysRetire.self,
            KeysRevoke.self, KeysShow.self,
        ])
}

struct KeysOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @Option(help: "The folder of keys. (default: DATA/keys)", completion: .directory) var keys: String?
    @Flag(help: "Print one JSON object.") var json = false

    var folder: KeyFolder { keys.map { KeyFolder(DataFolder.absolute($0)) } ?? data.folder.keys }

    /// Keeps what was done, beside the keys' folder, where the broker keeps what it did.
    func audit(_ deed: AuditEntry.Deed, _ detail: String) throws {
        let file = keys == nil ? data.folder.audit : AuditFile(folder: "\(folder.path)/..")
        let entry = AuditEntry(at: DeskClock.wall, deed, who: "user:\(userName)", detail: detail)
        try file.append([entry.json])
    }

    private var userName: String {
        ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
    }
}

private struct KeyReport: Encodable {
    var name: String
    var role: String
    var publicKey: String
    /// For whom it speaks besides itself: `*`, `berlin-*`, or nobody.
    var speaksFor: String?
    /// Where the secret is; nil when it is not in this folder.
    var file: String?

    init(_ key: AuthorizedKey, file: String? = nil) {
        (name, role, publicKey) = (key.userID.name.text, key.userID.role.word, key.publicKey.text)
        speaksFor = key.scope == .own ? nil : key.scope.text
        self.file = file
    }

    init(_ key: KeyFile, scope: NameScope = .own, file: String) {
        self.init(
            AuthorizedKey(publicKey: key.keys.publicKey, userID: key.userID, scope: scope), file: file)
    }
}

private struct KeysReport: Encodable {
    var folder: String
    var keys: [KeyReport]

    func say(json: Bool) throws {
        if json { return try Terminal.say(json: self) }
        Terminal.say(
            Terminal.table(
                ["NAME", "ROLE", "PUBLIC KEY", "SPEAKS FOR"],
                keys.map { [$0.name, $0.role, $0.publicKey, $0.speaksFor ?? ""] }))
    }
}

struct KeysCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a folder with the servers' keys and one for each role.")

    @OptionGroup var options: KeysOptions

    func run() throws {
        if options.keys == nil { try options.data.folder.create() }
        let folder = options.folder
        try folder.create()
        try options.audit(.keysCreated, folder.path)
        Terminal.note("switchboard: keys made in \(folder.path); keep the .key files secret")
        try KeysReport(folder: folder.path, keys: folder.list().map { KeyReport($0) }).say(json: options.json)
    }
}

struct KeysAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a key and let it in.")

    @Argument(help: "Its name, for example berlin-1.") var name: String
    @Option(help: "What it may do: client, agent, lead, colleague, node or admin.") var role: String
    @Option(help: "For which nodes or agents it may speak besides its own name: `berlin-*`, or `*` for all.")
    var speaksFor: String?
    @OptionGroup var options: KeysOptions

    func run() throws {
        guard let role = Role(word: role), [.client, .agent, .lead, .colleague, .node, .admin].contains(role)
        else {
            throw Failure(
                .usage,
                "there is no role `\(self.role)` for a key: take client, agent, lead, colleague, node or admin"
            )
        }
        let folder = options.folder
        let name = try Name(argument: name, "the key's name")
        let scope = try NameScope(argument: speaksFor)
        let key = try folder.add(role: role, name: name, scope: scope)
        try options.audit(.keyAdded, "\(key.userID) \(key.keys.publicKey.text) \(scope.text)")
        let report = KeyReport(key, scope: scope, file: folder.keyPath(name))
        if options.json { return try Terminal.say(json: report) }
        Terminal.say(
            "\(key.userID.text) may connect with \(folder.keyPath(name)): hand that file over, and keep it secret."
        )
    }
}

struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys that may connect.")

    @OptionGroup var options: KeysOptions

    func run() throws {
        let folder = options.folder
        try KeysReport(folder: folder.path, keys: folder.list().map { KeyReport($0) }).say(json: options.json)
    }
}

struct KeysAllow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Say for which nodes or agents a key may speak.",
        discussion: "Sessions under a name that is no longer among them are ended.")

    @Argument(help: "The key's name.") var name: String
    @Argument(help: "`berlin-*`, `*` for all, or `none` for its own name only.") var speaksFor: String
    @OptionGroup var options: KeysOptions

    func run() throws {
        let name = try Name(argument: name, "the key's name")
        let scope = try NameScope(argument: speaksFor == "none" ? nil : speaksFor)
        try options.folder.allow(name: name, scope: scope)
        try options.audit(.keyAllowed, "\(name) speaks for \(scope == .own ? "itself" : scope.text)")
        let keys = try options.folder.list().filter { $0.userID.name == name }
        try KeysReport(folder: options.folder.path, keys: keys.map { KeyReport($0) }).say(json: options.json)
    }
}

struct KeysRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new key for a name; the old one opens until `keys retire`.",
        discussion: """
            The broker takes both at once, without a restart. Hand the new file over, restart its user, then shut \
            the old key out with `switchboard keys retire`.

            Of `broker` or `coordinator`, the servers' own: the next key is made, and every key file here names it \
            beside the old one. Hand the files over again; nobody needs a restart. Then run `switchboard keys retire` and \
            restart the server: from there on it has the new key, and those who were connected come back by themselves.
            """)

    @Argument(help: "Its name.") var name: String
    @OptionGroup var options: KeysOptions

    func run() throws {
        let name = try Name(argument: name, "the key's name")
        let folder = options.folder
        if name.isServer { return try prepareServer(name, folder) }
        let report = KeyReport(try folder.rotate(name: name), file: folder.keyPath(name))
        try options.audit(.keyRotated, "\(name) \(report.publicKey)")
        if options.json { return try Terminal.say(json: report) }
        Terminal.say(
            "\(name) has a new key in \(folder.keyPath(name)): hand it over, then `switchboard keys retire \(name)`."
        )
    }
}

extension KeysRotate {
    private func prepareServer(_ name: Name, _ folder: KeyFolder) throws {
        let report = KeyReport(try folder.prepareServer(name: name), file: folder.nextKeyPath(name))
        try options.audit(.keyRotated, "\(name) \(report.publicKey), from its start after `keys retire`")
        if options.json { return try Terminal.say(json: report) }
        Terminal.say(
            """
            The \(name) has a next key, which every key file in \(folder.path) names now. Hand those files over again, \
            then `switchboard keys retire \(name)` and restart the \(name).
            """)
    }
}

struct KeysRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Shut all keys of a name out but the newest.",
        discussion: "Of `broker` or `coordinator`: it has the next key from its next start on.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var options: KeysOptions

    private struct Report: Encodable {
        var name: String
        var retired: Int
    }

    func run() throws {
        let name = try Name(argument: name, "the key's name")
        let folder = options.folder
        let retired =
            try name.isServer
            ? (folder.replaceServer(name: name) == nil ? 0 : 1) : folder.retire(name: name)
        try options.audit(.keyRetired, "\(name), \(retired) older keys")
        if options.json { return try Terminal.say(json: Report(name: name.text, retired: retired)) }
        Terminal.say(
            retired == 0
                ? "\(name) has no older key."
                : name.isServer
                    ? "The \(name) has its new key from its next start on: restart it now."
                    : "The older key of \(name) may no longer connect.")
    }
}

struct KeysRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Shut a key out for good.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var options: KeysOptions

    private struct Report: Encodable {
        var revoked: String
    }

    func run() throws {
        let name = try Name(argument: name, "the key's name")
        try options.folder.revoke(name: name)
        try options.audit(.keyRevoked, name.text)
        if options.json { return try Terminal.say(json: Report(revoked: name.text)) }
        Terminal.say("\(name) may no longer connect.")
    }
}

struct KeysShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a key without its secret.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var options: KeysOptions

    func run() throws {
        let name = try Name(argument: name, "the key's name")
        let folder = options.folder
        guard let key = try folder.list().last(where: { $0.userID.name == name }) else {
            throw KeyError.unknownName(name: name.text, path: folder.authorizedPath)
        }
        let report = KeyReport(key, file: folder.keyPath(name))
        if options.json { return try Terminal.say(json: report) }
        Terminal.say("\(report.name)  \(report.role)  \(report.publicKey)  \(folder.keyPath(name))")
    }
}

extension Name {
    fileprivate var isServer: Bool { [KeyFolder.brokerName, KeyFolder.coordinatorName].contains(self) }
}

extension NameScope {
    /// The scope that was asked for; its own name when none was.
    fileprivate init(argument text: String?) throws {
        guard let text else {
            self = .own
            return
        }
        guard let scope = NameScope(text) else {
            throw Failure(
                .usage, "`\(text)` is no scope: write the beginning of names and a star, `berlin-*`, or `*`")
        }
        self = scope
    }
}
