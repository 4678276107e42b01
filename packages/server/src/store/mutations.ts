/** Every module that declares mutations: the writer's thread knows what is imported here. */
