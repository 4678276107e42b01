/** Every module that declares mutations: the writer's thread knows what is imported here. */
import '../login/end-session.ts'
import '../login/kick.ts'
import '../login/open-session.ts'
