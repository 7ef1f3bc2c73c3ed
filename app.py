from workbench.web.application import create_app

app = create_app()
