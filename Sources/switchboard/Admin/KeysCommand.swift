import ArgumentParser
import Keys
import Tickets
import ZeroMQ

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and revoke the keys that may connect.",
        discussion: "A running broker and coordinator notice within a second.",
        subcommands: [KeysCreate.self, KeysAdd.self, KeysList.self, KeysRevoke.self, KeysShow.self])
}

struct KeysOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @Option(help: "The folder of keys. (default: DATA/keys)", completion: .directory) var keys: String?
    @Flag(help: "Print one JSON object.") var json = false

    var folder: KeyFolder { keys.map { KeyFolder(DataFolder.absolute($0)) } ?? data.folder.keys }
}

private struct KeyReport: Encodable {
    var name: String
    var role: String
    var publicKey: String
    /// Where the secret is; nil when it is not in this folder.
    var file: String?

    init(_ key: AuthorizedKey, file: String? = nil) {
        (name, role, publicKey) = (key.userID.name.text, key.userID.role.word, key.publicKey.text)
        self.file = file
    }

    init(_ key: KeyFile, file: String) {
        (name, role, publicKey) = (key.name.text, key.role.word, key.keys.publicKey.text)
        self.file = file
    }
}

private struct KeysReport: Encodable {
    var folder: String
    var keys: [KeyReport]

    func say(json: Bool) throws {
        if json { return try Terminal.say(json: self) }
        Terminal.say(
            Terminal.table(["NAME", "ROLE", "PUBLIC KEY"], keys.map { [$0.name, $0.role, $0.publicKey] }))
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
        Terminal.note("switchboard: keys made in \(folder.path); keep the .key files secret")
        try KeysReport(folder: folder.path, keys: folder.list().map { KeyReport($0) }).say(json: options.json)
    }
}

struct KeysAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a key and let it in.")

    @Argument(help: "Its name, for example berlin-1.") var name: String
    @Option(help: "What it may do: client, agent, node or admin.") var role: String
    @OptionGroup var options: KeysOptions

    func run() throws {
        guard let role = Role(word: role), [.client, .agent, .node, .admin].contains(role) else {
            throw Failure(
                .usage, "there is no role `\(self.role)` for a key: take client, agent, node or admin")
        }
        let folder = options.folder
        let name = try Name(argument: name, "the key's name")
        let key = try folder.add(role: role, name: name)
        let report = KeyReport(key, file: folder.keyPath(name))
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
        guard let key = try folder.list().first(where: { $0.userID.name == name }) else {
            throw KeyError.unknownName(name: name.text, path: folder.authorizedPath)
        }
        let report = KeyReport(key, file: folder.keyPath(name))
        if options.json { return try Terminal.say(json: report) }
        Terminal.say("\(report.name)  \(report.role)  \(report.publicKey)  \(folder.keyPath(name))")
    }
}
